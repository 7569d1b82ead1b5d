package io.fluxgres.internal.row;

import io.fluxgres.PgColumn;
import io.fluxgres.PgRow;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.codec.ReadableClasses;
import java.util.function.Function;

/**
 * Makes the value of its only column of each row. May be used by any thread.
 *
 * @param <T> the class of the values
 */
public final class SingleColumn<T> implements Function<PgRow, T> {

    private final Class<T> type;

    public SingleColumn(Class<T> type) {
        this.type = type;
    }

    /** Whether values of a column, rather than whole rows, are made into a class. */
    public static boolean isMappable(Class<?> type) {
        return type.isPrimitive() ? type != void.class : ReadableClasses.all().contains(type);
    }

    @Override
    public T apply(PgRow row) {
        if (row.columns().size() != 1) {
            throw new PgUsageException(
                    "rows are mapped to " + type.getTypeName() + " by their only column, but the columns are "
                            + row.columns().stream().map(PgColumn::name).toList(),
                    false);
        }
        return row.require(0, type);
    }
}
