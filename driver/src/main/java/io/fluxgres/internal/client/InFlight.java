package io.fluxgres.internal.client;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The statements in flight on a shared connection, oldest first, and since when the oldest has the server for itself.
 * Confined to the event loop.
 *
 * <p>A statement may leave without an answer, when it was cancelled before it was sent. What is counted too much until the
 * connection is quiet blames the wrong text at worst.
 */
final class InFlight {

    private final Queue<Pace> paces = new ArrayDeque<>();
    private long headSince;
    private boolean headBlamed;
    /** One of them is not known to be fast, so that nothing may be sent behind it. */
    private boolean closed;

    void add(Pace pace, long now) {
        if (paces.isEmpty()) {
            headSince = now;
            headBlamed = false;
        }
        paces.add(pace);
        closed |= !pace.isFast();
    }

    /** The oldest was answered. */
    void remove(long now) {
        Pace head = paces.poll();
        if (head != null && !headBlamed) {
            head.onEnd(now - headSince);
        }
        headSince = now;
        headBlamed = false;
        if (paces.isEmpty()) {
            closed = false;
        }
    }

    /** Nothing is in flight any more. */
    void clear() {
        paces.clear();
        closed = false;
    }

    boolean isClosed() {
        return closed;
    }

    /** Returns how long the oldest may still take until nobody should wait behind it; not positive if it is too old. */
    long patience(long now) {
        return headSince + Pace.PATIENCE - now;
    }

    /** The oldest is too old: remembers that once. */
    void blameHead() {
        Pace head = paces.peek();
        if (head != null && !headBlamed) {
            headBlamed = true;
            head.onSlow();
        }
    }
}
