package io.fluxgres.internal.statement;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether the server of a factory does something that relatives of PostgreSQL refuse, as far as it has shown. That it refuses
 * is believed for a while only: servers are replaced and settings of poolers change. May be used by any thread.
 */
public final class ServerAbility {

    private enum Known {
        NOTHING,
        DOES,
        REFUSES
    }

    private final long memory;
    private final LongSupplier clock;
    private volatile Known known = Known.NOTHING;
    private volatile long refusedAt;

    /**
     * Creates one of which nothing is known.
     *
     * @param memory how long a refusal is believed
     * @param clock counts nanoseconds
     */
    public ServerAbility(Duration memory, LongSupplier clock) {
        this.memory = memory.toNanos();
        this.clock = clock;
    }

    /** Whether the server has done it, and has not refused it since. */
    public boolean isShown() {
        return known == Known.DOES;
    }

    /** Whether the server has refused it lately. */
    public boolean isRefused() {
        if (known == Known.REFUSES && clock.getAsLong() - refusedAt >= memory) {
            known = Known.NOTHING;
        }
        return known == Known.REFUSES;
    }

    public void onDone() {
        if (known != Known.DOES) {
            known = Known.DOES;
        }
    }

    public void onRefused() {
        refusedAt = clock.getAsLong();
        known = Known.REFUSES;
    }
}
