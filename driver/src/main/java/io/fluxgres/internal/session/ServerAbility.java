package io.fluxgres.internal.session;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether the server of a factory does something that relatives of PostgreSQL refuse, as far as it has shown. That it refuses
 * is believed for a while only: servers are replaced and settings of poolers change. May be used by any thread.
 */
final class ServerAbility {

    static final Duration MEMORY = Duration.ofMinutes(10);

    private enum Known {
        NOTHING,
        DOES,
        REFUSES
    }

    private final LongSupplier clock;
    private volatile Known known = Known.NOTHING;
    private volatile long refusedAt;

    ServerAbility() {
        this(System::nanoTime);
    }

    /** Creates one of which nothing is known; the clock counts nanoseconds. */
    ServerAbility(LongSupplier clock) {
        this.clock = clock;
    }

    /** Whether the server has done it, and has not refused it since. */
    boolean isShown() {
        return known == Known.DOES;
    }

    /** Whether the server has refused it lately. */
    boolean isRefused() {
        if (known == Known.REFUSES && clock.getAsLong() - refusedAt >= MEMORY.toNanos()) {
            known = Known.NOTHING;
        }
        return known == Known.REFUSES;
    }

    void onDone() {
        if (known != Known.DOES) {
            known = Known.DOES;
        }
    }

    void onRefused() {
        refusedAt = clock.getAsLong();
        known = Known.REFUSES;
    }
}
