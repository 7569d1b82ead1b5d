package io.fluxgres.internal.client;

import io.fluxgres.PgException;
import io.fluxgres.PgException.Fault;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import reactor.util.retry.Retry;

/**
 * When to try again to connect: after 50 ms, then after twice as long each time, up to 2 s, each half by chance so that many
 * clients do not come together. Confined to one event loop.
 */
final class Backoff {

    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private long next = SHORTEST.toNanos();

    /** Returns how many nanoseconds to wait. */
    long next() {
        long delay = next;
        next = Math.min(delay * 2, LONGEST.toNanos());
        return delay / 2 + ThreadLocalRandom.current().nextLong(delay / 2);
    }

    void reset() {
        next = SHORTEST.toNanos();
    }

    /** Returns the same for a publisher, which gives up after a while. */
    static Retry within(Duration bound) {
        long end = System.nanoTime() + bound.toNanos();
        return Retry.backoff(Long.MAX_VALUE, SHORTEST)
                .maxBackoff(LONGEST)
                .filter(failure -> isTransient(failure) && System.nanoTime() - end < 0);
    }

    /** Whether a connect that failed may succeed a little later, without anybody doing anything about it. */
    static boolean isTransient(Throwable failure) {
        if (!(failure instanceof PgException reported)) {
            return false;
        }
        String sqlState = reported.sqlState();
        if (sqlState == null) {
            return reported.fault() == Fault.NETWORK;
        }
        // too many connections and the like; the server starts, stops or recovers
        return sqlState.startsWith("53") || sqlState.startsWith("57P");
    }
}
