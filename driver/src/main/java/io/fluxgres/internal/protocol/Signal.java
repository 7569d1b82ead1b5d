package io.fluxgres.internal.protocol;

/** What a state made of a message. */
public enum Signal {
    /** The message was consumed; the conversation goes on. */
    CONTINUE,
    /** The message was consumed and was the last of the conversation. */
    DONE,
    /** There is no demand for the row: nothing was consumed or changed, the same message is to be offered again later. */
    PAUSE,
    /**
     * The message was consumed; before the next one {@code StartupState} needs an answer, which
     * {@code resume} takes.
     */
    AWAIT
}
