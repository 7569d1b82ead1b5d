package io.fluxgres.internal.row;

import io.fluxgres.PgRow;
import io.fluxgres.codec.Format;
import io.fluxgres.internal.statement.ResultShape;
import java.lang.reflect.Field;
import java.util.List;

/** Tells tests in which formats the values of a row came over the wire, which is nobody's business otherwise. */
public final class RowFormats {

    private RowFormats() {}

    /** Returns the format of each column of a row of this driver. */
    public static List<Format> of(PgRow row) {
        try {
            Field shape = RowView.class.getDeclaredField("shape");
            shape.setAccessible(true);
            return ((ResultShape) shape.get(row))
                    .description().columns().stream()
                            .map(column -> Format.ofCode(column.formatCode()))
                            .toList();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
