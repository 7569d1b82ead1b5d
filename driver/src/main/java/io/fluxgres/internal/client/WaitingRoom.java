package io.fluxgres.internal.client;

import io.fluxgres.PgBackpressureException;
import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How many statements and transactions of a client may wait for a connection, and how long. May be used by any thread. */
final class WaitingRoom {

    private final int size;
    private final Duration patience;
    private final AtomicInteger waiting = new AtomicInteger();

    WaitingRoom(int size, Duration patience) {
        this.size = size;
        this.patience = patience;
    }

    /** Takes one more in, if there is room. */
    boolean enter() {
        if (waiting.incrementAndGet() <= size) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    void leave() {
        waiting.decrementAndGet();
    }

    int waiting() {
        return waiting.get();
    }

    int size() {
        return size;
    }

    Duration patience() {
        return patience;
    }

    /**
     * Returns the failure of who finds no room.
     *
     * @param uses what the connections are used for
     * @param cause why no connection could be made lately, null if none failed
     */
    PgException full(String uses, @Nullable Throwable cause) {
        return new PgBackpressureException(
                "no connection is free and " + size + " statements or transactions wait for one already ("
                        + PgOption.MAX_WAITING + "); " + uses + "; the statement was not sent" + reason(cause),
                true);
    }

    /**
     * Returns the failure of who has waited too long.
     *
     * @param uses what the connections are used for
     * @param cause why no connection could be made lately, null if none failed
     */
    PgException late(String uses, @Nullable Throwable cause) {
        return new PgConnectionException(
                "no connection became free within " + patience.toMillis() + " ms (" + PgOption.ACQUIRE_TIMEOUT + "); "
                        + uses + "; the statement was not sent" + reason(cause),
                true,
                null,
                cause);
    }

    private static String reason(@Nullable Throwable cause) {
        return cause == null ? "" : "; the latest failure to connect is: " + cause.getMessage();
    }
}
