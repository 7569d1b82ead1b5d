package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Dataset;
import io.fluxgres.benchmarks.Lane;

/**
 * A connection of a contender. Every method begins an operation and tells the lane when it has completed, with the sum of
 * what was read or the number of rows that were written.
 */
public interface Client {

    /** Executes {@link Dataset#POINT}. */
    default void point(int id, Lane lane) {
        throw new UnsupportedOperationException("point");
    }

    /** Executes {@link Dataset#FORTUNE}. */
    default void fortunes(Lane lane) {
        throw new UnsupportedOperationException("fortunes");
    }

    /** Executes {@link Dataset#SCAN} and decodes all columns. */
    default void scan(Lane lane) {
        throw new UnsupportedOperationException("scan");
    }

    /** Executes {@link Dataset#WIDE} and decodes all columns. */
    default void wide(Lane lane) {
        throw new UnsupportedOperationException("wide");
    }

    /** Executes {@link Dataset#INSERT} for {@link Dataset#BATCH_ROWS} rows in a transaction. */
    default void batch(Lane lane) {
        throw new UnsupportedOperationException("batch");
    }

    /** Executes {@link Dataset#UPDATE} for some accounts in a transaction. */
    default void update(int[] ids, Lane lane) {
        throw new UnsupportedOperationException("update");
    }

    /** Executes a query like {@link Dataset#POINT} that is new to the connection. */
    default void cold(String sql, int id, Lane lane) {
        throw new UnsupportedOperationException("cold");
    }

    /** Closes the connection. */
    void close();
}
