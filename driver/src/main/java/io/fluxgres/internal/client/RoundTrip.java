package io.fluxgres.internal.client;

import java.util.concurrent.TimeUnit;

/**
 * How long a connection takes to answer a ping, which costs the server nothing: the part of each answer that is the
 * network's, or a pooler's, and no statement's fault.
 *
 * <p>Any answer that comes sooner shows that it is shorter. That it is longer now, by another route, only another ping can
 * show, for else slow statements would be taken for a slow network. So there is a ping in front of the first statement, and
 * again in front of one behind which there is {@linkplain #isDoubtful doubt}.
 *
 * <p>Confined to the event loop; the clock is passed in.
 */
final class RoundTrip {

    /** No network is that slow; what took longer stood still. */
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(2);

    private long nanos;
    private boolean known;
    private boolean doubtful;

    /** A connection begins, and took so long to be made: that is several round trips. */
    void begin(long connecting) {
        onPing(connecting);
        doubtful = true;
    }

    /** A ping was answered after so long. */
    void onPing(long took) {
        nanos = Math.min(took, LONGEST);
        known = true;
        doubtful = false;
    }

    /** A statement was answered after so long. */
    void onAnswer(long took) {
        nanos = Math.min(nanos, took);
    }

    /** Something took long, which the network may explain. */
    void doubt() {
        doubtful = true;
    }

    /** Whether a ping is due. */
    boolean isDoubtful() {
        return doubtful;
    }

    /** Whether there has been a connection. */
    boolean isKnown() {
        return known;
    }

    long nanos() {
        return nanos;
    }
}
