package io.fluxgres.internal.session;

import io.fluxgres.PgExecution;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Signal;
import io.fluxgres.internal.protocol.TransactionStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Measures one execution for the observer of its session. Exists only where there is one, from the subscription on, and is
 * confined to the event loop.
 */
public final class Execution implements PgExecution {

    private static final long NEVER = -1;

    private final SessionObserver observer;
    private final String sql;
    private final int processId;
    private final ContextView context;
    private final long begun;

    private long writtenAfter = NEVER;
    private long firstRowAfter = NEVER;
    private long endedAfter = NEVER;
    private long rows;
    private long bytesRead;
    private long bytesWritten;
    private boolean cancelled;
    private @Nullable Throwable error;

    /**
     * Begins to measure.
     *
     * @param waited how many nanoseconds ago the query was subscribed to
     */
    public Execution(SessionObserver observer, String sql, int processId, ContextView context, long waited) {
        this.begun = System.nanoTime() - waited;
        this.observer = observer;
        this.sql = sql;
        this.processId = processId;
        this.context = context;
    }

    public void start() {
        observer.onQueryStart(this);
    }

    /** Notes that it was written and returns a state that counts what the given one consumes. */
    public BackendState written(int bytes, BackendState state) {
        if (writtenAfter == NEVER) {
            writtenAfter = elapsed();
        }
        bytesWritten += bytes;
        return new CountingState(state);
    }

    /** Notes that another part of it was written. */
    public void writtenMore(int bytes) {
        bytesWritten += bytes;
    }

    public void onRow() {
        if (firstRowAfter == NEVER) {
            firstRowAfter = elapsed();
        }
        rows++;
    }

    public void cancel() {
        cancelled = true;
        end(null);
    }

    /** Ends it, unless it has ended: with the requests of results whose rows are kept for somebody. */
    public void end(@Nullable Throwable reason) {
        if (endedAfter != NEVER) {
            return;
        }
        endedAfter = elapsed();
        error = reason;
        observer.onQueryEnd(this);
    }

    private long elapsed() {
        return System.nanoTime() - begun;
    }

    /** Adds the length of each message that its state consumes. */
    private final class CountingState implements BackendState {

        private final BackendState state;

        CountingState(BackendState state) {
            this.state = state;
        }

        @Override
        public Signal onMessage(BackendReader in, FrontendWriter out) {
            int length = BackendReader.HEADER_LENGTH + in.remaining();
            // counted ahead, for a message may end the query from within
            count(length);
            Signal signal = state.onMessage(in, out);
            if (signal == Signal.PAUSE) {
                count(-length);
            }
            return signal;
        }

        private void count(int length) {
            if (endedAfter == NEVER) {
                bytesRead += length;
            }
        }

        @Override
        public TransactionStatus transactionStatus() {
            return state.transactionStatus();
        }
    }

    // ---- for the observer

    @Override
    public String sql() {
        return sql;
    }

    @Override
    public int processId() {
        return processId;
    }

    @Override
    public ContextView context() {
        return context;
    }

    @Override
    public @Nullable Duration queueTime() {
        return duration(writtenAfter);
    }

    @Override
    public @Nullable Duration timeToFirstRow() {
        return duration(firstRowAfter);
    }

    private static @Nullable Duration duration(long nanos) {
        return nanos == NEVER ? null : Duration.ofNanos(nanos);
    }

    @Override
    public Duration duration() {
        return Duration.ofNanos(endedAfter == NEVER ? elapsed() : endedAfter);
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public long bytesWritten() {
        return bytesWritten;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public @Nullable Throwable error() {
        return error;
    }
}
