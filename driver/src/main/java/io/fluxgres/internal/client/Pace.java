package io.fluxgres.internal.client;

import java.util.concurrent.TimeUnit;

/**
 * How long a SQL text has taken lately, as far as others would have to wait behind it: beyond the round trip of its connection
 * and the delay of the event loop.
 *
 * <p>A text that takes long more often than not is slow. One that took long once is not fast for some executions, and for more
 * of them each time that happens again: so one that is seldom slow is never fast for long, and one that the machine held up
 * soon is again. They cost others a round trip each, so there are no more of them than cost what the slow execution did,
 * many times that if it was not the first. A text that has been fast for long is a text like others.
 *
 * <p>May be used by any thread; a race loses an observation.
 */
final class Pace {

    /** From when on others should not wait behind a statement. */
    static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int UNKNOWN = -1;
    private static final int GROWTH = 8;
    private static final int LONGEST_PROBATION = 512;

    /** What a part of slow executions is a fraction of. */
    private static final int ALL = 1024;

    /** What one slow execution says of an unknown text, whose first one anything may have held up: two fast ones outweigh it. */
    private static final int FIRST_IMPRESSION = ALL * 5 / 8;

    /** The reciprocal of how much the latest execution counts. */
    private static final int MEMORY = 8;

    /** How many executions in a row must be fast until the text is. */
    private volatile int probation = UNKNOWN;

    private volatile int latestProbation = 1;
    private volatile int slowPart;
    /** How many executions in a row were fast since it is; not counted where there is nothing to be forgotten. */
    private volatile int fastInARow;

    /** Whether others may be sent behind it. */
    boolean isFast() {
        return probation == 0;
    }

    /** Whether it is to be kept away from others. */
    boolean isSlow() {
        return slowPart > ALL / 2;
    }

    /**
     * An execution has ended.
     *
     * @param nanos how long it took beyond the round trip
     * @param roundTrip that of the connection
     * @param blamed whether {@link #onSlow} was told before
     */
    void onEnd(long nanos, long roundTrip, boolean blamed) {
        if (nanos >= PATIENCE || blamed) {
            if (!blamed) {
                onSlow();
            }
            limitProbation(nanos, roundTrip);
        } else if (probation != 0) {
            probation = Math.max(probation - 1, 0);
            int part = slowPart;
            slowPart = part - (part + MEMORY - 1) / MEMORY;
        } else if (latestProbation > 1) {
            forget();
        }
    }

    /** An execution takes too long. */
    void onSlow() {
        slowPart = probation == UNKNOWN ? FIRST_IMPRESSION : slowPart + (ALL - slowPart) / MEMORY;
        int longer = Math.min(latestProbation * GROWTH, LONGEST_PROBATION);
        latestProbation = longer;
        probation = longer;
        fastInARow = 0;
    }

    private void limitProbation(long nanos, long roundTrip) {
        if (roundTrip > 0) {
            long cost = Math.max(nanos, PATIENCE) * (latestProbation / GROWTH);
            probation = (int) Math.min(probation, cost / roundTrip);
        }
    }

    private void forget() {
        int fast = fastInARow + 1;
        int latest = latestProbation;
        if (fast >= latest * GROWTH) {
            latestProbation = latest / GROWTH;
            fast = 0;
        }
        fastInARow = fast;
    }
}
