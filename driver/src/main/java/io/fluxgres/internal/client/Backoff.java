package io.fluxgres.internal.client;

import io.fluxgres.PgException;
import io.fluxgres.PgException.Fault;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * When to try again to connect: after 50 ms, then after twice as long each time, up to 2 s, each half by chance so that many
 * clients do not come together. May be used by any thread: of failures that are told at the same time one may not count.
 */
final class Backoff {

    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    /** In nanoseconds. */
    private volatile long next = SHORTEST.toNanos();

    private volatile long due;
    private volatile boolean waiting;

    /** A connection could not be made, or has ended without being of any use. */
    void onFailure(long now) {
        long delay = next;
        next = Math.min(delay * 2, LONGEST.toNanos());
        due = now + delay / 2 + ThreadLocalRandom.current().nextLong(delay / 2);
        waiting = true;
    }

    /** A connection was of use. */
    void reset() {
        if (waiting) {
            waiting = false;
            next = SHORTEST.toNanos();
        }
    }

    /** Returns for how many nanoseconds no connection should be made; not positive if one may. */
    long remaining(long now) {
        return waiting ? due - now : 0;
    }

    /** Returns when a publisher is to try again, as long as somebody waits: who does knows for how long. */
    static Retry whileAwaited(BooleanSupplier awaited) {
        return Retry.backoff(Long.MAX_VALUE, SHORTEST)
                .maxBackoff(LONGEST)
                .filter(failure -> isTransient(failure) && awaited.getAsBoolean())
                .doAfterRetryAsync(signal -> awaited.getAsBoolean() ? Mono.empty() : Mono.error(signal.failure()));
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
