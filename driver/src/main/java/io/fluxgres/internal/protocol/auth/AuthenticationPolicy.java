package io.fluxgres.internal.protocol.auth;

import java.util.Set;

/**
 * What the caller accepts from the server on one connection.
 *
 * @param allowed the methods the server may ask for
 * @param cleartextPermitted whether a password in clear text may be sent over the transport of this connection
 * @param maximumIterations the most SCRAM iterations the client computes, at least {@link #MINIMUM_ITERATIONS}
 */
public record AuthenticationPolicy(
        Set<AuthenticationMethod> allowed, boolean cleartextPermitted, int maximumIterations) {

    /** What RFC 7677 demands; with fewer the exchange would help whoever listens to guess the password. */
    public static final int MINIMUM_ITERATIONS = 4096;

    /** A server must not make its clients compute for as long as it likes (CVE-2026-42198). */
    public static final int DEFAULT_MAXIMUM_ITERATIONS = 100_000;

    public AuthenticationPolicy {
        if (maximumIterations < MINIMUM_ITERATIONS) {
            throw new IllegalArgumentException(
                    "maximumIterations must be at least " + MINIMUM_ITERATIONS + ", not " + maximumIterations);
        }
        allowed = Set.copyOf(allowed);
    }

    /**
     * Admits the method that the server asks for.
     *
     * @throws AuthenticationRefused if the caller does not allow it, or not over this transport
     */
    public void require(AuthenticationMethod method) {
        if (!allowed.contains(method)) {
            throw new AuthenticationRefused(
                    AuthenticationRefused.Fault.CONFIGURATION,
                    "the server asks for " + method.description()
                            + ", which the configuration of the client does not allow");
        }
        if (method == AuthenticationMethod.PASSWORD && !cleartextPermitted) {
            throw new AuthenticationRefused(
                    AuthenticationRefused.Fault.CONFIGURATION,
                    "the server asks for " + method.description() + " over a connection that is not encrypted;"
                            + " use TLS or SCRAM-SHA-256, or explicitly permit clear text without TLS");
        }
    }
}
