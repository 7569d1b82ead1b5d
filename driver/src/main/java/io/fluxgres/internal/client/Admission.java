package io.fluxgres.internal.client;

/**
 * What is in flight on a shared connection, oldest first, and whether more may be sent behind it.
 *
 * <p>The oldest has had the server since the answer to the one in front of it, or since it can have arrived there if that is
 * later: its answer is due a {@link RoundTrip} after it was sent. What the event loop was late by does not count.
 *
 * <p>Statements may end without an answer, cancelled before they were sent, and be answered twice, executed again. How many
 * are pending tells; nobody learns anything of such answers.
 *
 * <p>Confined to the event loop; the clock is passed in.
 */
final class Admission {

    /** In the place of the pace of what is no statement. */
    private static final Pace PING = new Pace();

    private final int depth;
    private final RoundTrip roundTrip = new RoundTrip();
    private final LoopDelay loopDelay = new LoopDelay();

    /** Rings, of a power of two. */
    private Pace[] paces = {PING, PING, PING, PING};

    private long[] sent = new long[paces.length];
    private int first;
    private int size;

    /** When the one in front of the oldest was answered, or the oldest was sent with none in front of it. */
    private long headSince;
    /** The delay of the loop up to then. */
    private long delayBefore;

    private boolean headBlamed;
    /** One of them is not known to be fast, so that nothing may be sent behind it. */
    private boolean closed;

    private long connectedSince;

    /** Admits so many to be pending at a time. */
    Admission(int depth) {
        this.depth = depth;
    }

    /** There is a connection, which took so long to be made. */
    void onConnected(long connecting, long now) {
        clear();
        connectedSince = now;
        roundTrip.begin(connecting);
    }

    /** Nothing is in flight any more. */
    void clear() {
        removeAllBut(0);
    }

    // ---- what may be sent

    /**
     * Whether a statement may be sent behind those in flight.
     *
     * @param pending how many were submitted and have not ended
     */
    boolean mayAdd(int pending, long now) {
        return pending == 0 || (hasRoom(pending) && patience(now) > 0);
    }

    /** The same, where nobody looks at the clock. */
    boolean hasRoom(int pending) {
        return pending == 0 || (pending < depth && !closed);
    }

    /** Whether a ping is to be sent in front of the next statement: behind others it would take their time. */
    boolean isPingDue(int pending) {
        return pending == 0 && roundTrip.isDoubtful();
    }

    /** Returns how long the oldest may still take until nobody should wait behind it; not positive if it is too old. */
    long patience(long now) {
        return size == 0 ? Pace.PATIENCE : Pace.PATIENCE - excess(now);
    }

    /** As {@link #patience}, for a statement that has waited so long already and would be sent if the others were fast. */
    long patience(long waited, long now) {
        long patience = patience(now);
        if (!closed) {
            return patience;
        }
        return Math.min(patience, roundTrip.nanos() + Pace.PATIENCE - Math.min(waited, now - connectedSince));
    }

    // ---- what was sent

    void add(Pace pace, long now) {
        append(pace, now);
        closed |= !pace.isFast();
    }

    void addPing(long now) {
        append(PING, now);
    }

    private void append(Pace pace, long now) {
        if (size == 0) {
            onHead(now);
        }
        if (size == paces.length) {
            grow();
        }
        int last = (first + size) & (paces.length - 1);
        paces[last] = pace;
        sent[last] = now;
        size++;
    }

    private void grow() {
        Pace[] morePaces = new Pace[size * 2];
        long[] moreSent = new long[size * 2];
        for (int i = 0; i < size; i++) {
            int from = (first + i) & (size - 1);
            morePaces[i] = paces[from];
            moreSent[i] = sent[from];
        }
        paces = morePaces;
        sent = moreSent;
        first = 0;
    }

    private void onHead(long now) {
        headSince = now;
        delayBefore = loopDelay.total(now);
        headBlamed = false;
    }

    /** The oldest is too old: remembers that once. */
    void blameHead() {
        if (size > 0 && !headBlamed) {
            headBlamed = true;
            paces[first].onSlow();
        }
    }

    // ---- what was answered

    /** Something was answered, and so many are still pending. */
    void onAnswer(int pending, long now) {
        if (size == pending + 1) {
            learn(now);
        }
        if (size > pending) {
            removeAllBut(pending);
            onHead(now);
        } else {
            headSince = now;
        }
    }

    private void removeAllBut(int pending) {
        while (size > pending) {
            paces[first] = PING;
            first = (first + 1) & (paces.length - 1);
            size--;
        }
        if (size == 0) {
            closed = false;
        }
    }

    private void learn(long now) {
        long took = now - sent[first];
        Pace pace = paces[first];
        if (pace == PING) {
            roundTrip.onPing(took);
            return;
        }
        long excess = excess(now);
        if (excess >= Pace.PATIENCE && sent[first] + roundTrip.nanos() - headSince > 0) {
            roundTrip.doubt();
        }
        roundTrip.onAnswer(took);
        pace.onEnd(excess, roundTrip.nanos(), headBlamed);
    }

    /** Returns for how long the oldest has had the server for itself. */
    private long excess(long now) {
        long onItsWay = Math.max(0, sent[first] + roundTrip.nanos() - headSince);
        return now - headSince - onItsWay - (loopDelay.total(now) - delayBefore);
    }

    /** A statement took so long on an exclusive connection, to which the way is as long. */
    void learn(Pace pace, long nanos) {
        if (roundTrip.isKnown()) {
            pace.onEnd(nanos - roundTrip.nanos(), roundTrip.nanos(), false);
        }
    }

    // ---- the delay of the loop

    /** Returns whether a timer is to be set for {@link #onTick}, to run after {@link LoopDelay#TICK}. */
    boolean startTicking(long now) {
        return size > 0 && patience(now) > 0 && loopDelay.start(now);
    }

    void onTick(long now) {
        loopDelay.onTick(now);
    }
}
