package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * An item of a batch failed. The fault, the SQLSTATE and the fields of the server's error are those of the cause, which says
 * why.
 *
 * <p>The items of an atomic batch fail together: those in front of the failing one were undone, those behind it were not
 * executed. Within a transaction of the caller's the transaction is aborted then, unless nothing was sent.
 */
public final class PgBatchException extends PgException {

    /** The index if no item failed by itself but the commit of all of them, as of a deferred constraint. */
    public static final long COMMIT = -1;

    private final long index;

    private PgBatchException(long index, String message, PgException cause) {
        super(cause.fault(), cause.safeToRetry(), message, cause);
        this.index = index;
    }

    /** Returns the exception of an item. */
    public static PgBatchException ofItem(long index, PgException cause) {
        return new PgBatchException(index, "item " + index + " of the batch failed: " + cause.getMessage(), cause);
    }

    /** Returns the exception of a batch that could not be committed. */
    public static PgBatchException atCommit(PgException cause) {
        return new PgBatchException(COMMIT, "the batch could not be committed: " + cause.getMessage(), cause);
    }

    /** Returns the index of the failing item, from 0 on, or {@link #COMMIT}. */
    public long index() {
        return index;
    }

    /** Returns what the server said of the failing item, or null if it did not fail there. */
    @Override
    public @Nullable PgErrorFields errorFields() {
        return getCause() instanceof PgException cause ? cause.errorFields() : null;
    }
}
