package io.fluxgres.internal.protocol;

/** What {@link StartupState} needs from outside before it can answer the server. */
public sealed interface Need {

    /** The password, as the bytes of its UTF-8 form and without a terminator. */
    record Password() implements Need {}

    /**
     * PBKDF2-HMAC-SHA-256 of the password prepared by SASLprep: 32 bytes. The iterations are within the bounds of the
     * policy, and still too many for an event loop.
     */
    record SaltedPassword(byte[] salt, int iterations) implements Need {}
}
