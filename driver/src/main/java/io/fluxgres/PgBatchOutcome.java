package io.fluxgres;

import org.jspecify.annotations.Nullable;

/**
 * What became of one item of a batch.
 *
 * @param index which item, from 0 on
 * @param status what became of it
 * @param rowsUpdated the number of rows it changed; 0 unless it is {@link Status#DONE}
 * @param failure why it, or the item that it was undone or aborted for, failed; null if it is {@link Status#DONE}
 */
public record PgBatchOutcome(
        long index,
        Status status,
        long rowsUpdated,
        @Nullable PgException failure) {

    /** What became of an item. */
    public enum Status {
        /** It was executed. */
        DONE,
        /** It failed. */
        FAILED,
        /** It has no effect, because a later item of the same batch, or its commit, failed. */
        UNDONE,
        /** It was not executed, because an earlier item of the same batch failed. */
        ABORTED
    }
}
