package io.fluxgres.internal.protocol;

/** The mode that a COPY statement puts the connection in. */
public enum CopyDirection {
    /** CopyInResponse: COPY FROM STDIN, the server waits for data. */
    IN,
    /** CopyOutResponse: COPY TO STDOUT, the server sends data. */
    OUT
}
