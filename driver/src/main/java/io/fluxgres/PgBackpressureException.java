package io.fluxgres;

/**
 * A result that nobody reads stands in the way of other requests on its connection, and as much of it as may be kept has
 * been kept.
 *
 * <p>It fails the requests that wait behind such a result and were not sent ({@link #safeToRetry} is true), or the result
 * itself if one that was sent waits. Remedies: request the rows faster, cancel the subscription, give long results a
 * connection of their own, or raise {@link PgOption#SPOOL_BYTES}.
 */
public final class PgBackpressureException extends PgException {

    public PgBackpressureException(String message, boolean safeToRetry) {
        super(Fault.CALLER, safeToRetry, message, null);
    }
}
