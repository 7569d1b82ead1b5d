package io.fluxgres.testkit.transcript;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The ways in which a scripted server may misbehave during SCRAM, written in lower case with hyphens. */
public enum ScramFault {
    NONE,
    /** The server's first nonce is not the client's with something behind it. */
    FOREIGN_NONCE,
    /** The server's first message repeats the client's nonce and adds nothing. */
    SAME_NONCE,
    /** None of the server: the client is to refuse the number of iterations, so the exchange ends with the server's first. */
    REFUSED_ITERATIONS,
    /** The salt is no base64. */
    BAD_SALT,
    /** The server proves a key that does not come from the password. */
    WRONG_SIGNATURE,
    /** The server's last message is {@code e=other-error} instead of a signature; AuthenticationOk follows all the same. */
    SERVER_ERROR,
    /** AuthenticationOk is the answer to the client's first message. */
    EARLY_OK,
    /** AuthenticationOk is the answer to the client's proof, without the server's signature. */
    OK_WITHOUT_FINAL;

    /** Returns whether a client must not answer the server's first message. */
    boolean endsWithServerFirst() {
        return this == FOREIGN_NONCE || this == SAME_NONCE || this == REFUSED_ITERATIONS || this == BAD_SALT;
    }

    static ScramFault of(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new TranscriptException(word + " is no fault of SCRAM; there are "
                        + Arrays.stream(values()).map(ScramFault::word).collect(Collectors.joining(", "))));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
