package io.fluxgres.benchmarks;

import io.fluxgres.PgRow;
import java.time.OffsetDateTime;

/** A row of the table that {@link Dataset#SCAN} reads, all columns of which are decoded. */
public final class ScannedRow {

    private ScannedRow() {}

    /** Returns the sum of its values, where strings count by their length. */
    public static Long sum(PgRow row) {
        return row.getLong(0)
                + row.require(1, OffsetDateTime.class).toEpochSecond()
                + row.getInt(2)
                + (long) row.getDouble(3)
                + row.require(4, String.class).length()
                + row.require(5, String.class).length();
    }
}
