package io.fluxgres.internal.row;

import io.fluxgres.PgColumn;
import io.fluxgres.PgRow;
import io.fluxgres.PgUsageException;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.statement.ResultShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that decodes a value when it is asked for. As a view it shows one row after the other of a request and is empty
 * in between; as a copy it shows a {@link DataRow} with memory of its own for ever.
 */
public final class RowView implements PgRow {

    private final ResultShape shape;
    private @Nullable DataRow row;

    /** Creates a view that is empty. */
    public RowView(ResultShape shape) {
        this.shape = shape;
    }

    /** Creates a copy of a row. */
    public RowView(ResultShape shape, DataRow row) {
        this.shape = shape;
        this.row = row.copy();
    }

    /** Returns a copy of the row that is shown. */
    public RowView copy() {
        return new RowView(shape, require());
    }

    /** Shows a row until {@link #hide}. */
    public void show(DataRow shown) {
        row = shown;
    }

    public void hide() {
        row = null;
    }

    @Override
    public List<PgColumn> columns() {
        return shape.columns();
    }

    @Override
    public boolean isNull(int column) {
        return require(column).isNull(column);
    }

    @Override
    public boolean isNull(String column) {
        return isNull(shape.index(column));
    }

    @Override
    public boolean getBoolean(int column) {
        DataRow shown = requireValue(column, boolean.class);
        Decoder<Boolean> decoder = shape.decoder(column, boolean.class);
        try {
            return decoder instanceof Decoder.OfBoolean primitive
                    ? primitive.decodeBoolean(shown.buffer(), shown.offset(column), shown.length(column))
                    : decoder.decode(shown.buffer(), shown.offset(column), shown.length(column));
        } catch (CodecException e) {
            throw shape.conversion(column, boolean.class, e.getMessage(), e);
        }
    }

    @Override
    public boolean getBoolean(String column) {
        return getBoolean(shape.index(column));
    }

    @Override
    public int getInt(int column) {
        DataRow shown = requireValue(column, int.class);
        Decoder<Integer> decoder = shape.decoder(column, int.class);
        try {
            return decoder instanceof Decoder.OfInt primitive
                    ? primitive.decodeInt(shown.buffer(), shown.offset(column), shown.length(column))
                    : decoder.decode(shown.buffer(), shown.offset(column), shown.length(column));
        } catch (CodecException e) {
            throw shape.conversion(column, int.class, e.getMessage(), e);
        }
    }

    @Override
    public int getInt(String column) {
        return getInt(shape.index(column));
    }

    @Override
    public long getLong(int column) {
        DataRow shown = requireValue(column, long.class);
        Decoder<Long> decoder = shape.decoder(column, long.class);
        try {
            return decoder instanceof Decoder.OfLong primitive
                    ? primitive.decodeLong(shown.buffer(), shown.offset(column), shown.length(column))
                    : decoder.decode(shown.buffer(), shown.offset(column), shown.length(column));
        } catch (CodecException e) {
            throw shape.conversion(column, long.class, e.getMessage(), e);
        }
    }

    @Override
    public long getLong(String column) {
        return getLong(shape.index(column));
    }

    @Override
    public double getDouble(int column) {
        DataRow shown = requireValue(column, double.class);
        Decoder<Double> decoder = shape.decoder(column, double.class);
        try {
            return decoder instanceof Decoder.OfDouble primitive
                    ? primitive.decodeDouble(shown.buffer(), shown.offset(column), shown.length(column))
                    : decoder.decode(shown.buffer(), shown.offset(column), shown.length(column));
        } catch (CodecException e) {
            throw shape.conversion(column, double.class, e.getMessage(), e);
        }
    }

    @Override
    public double getDouble(String column) {
        return getDouble(shape.index(column));
    }

    @Override
    public @Nullable String getString(int column) {
        return get(column, String.class);
    }

    @Override
    public @Nullable String getString(String column) {
        return get(shape.index(column), String.class);
    }

    @Override
    public @Nullable Object get(int column) {
        return get(column, Object.class);
    }

    @Override
    public @Nullable Object get(String column) {
        return get(shape.index(column), Object.class);
    }

    @Override
    public <T> @Nullable T get(int column, Class<T> type) {
        DataRow shown = require(column);
        if (shown.isNull(column)) {
            if (type.isPrimitive()) {
                throw shape.conversion(column, type, "the value is NULL", null);
            }
            return null;
        }
        Decoder<T> decoder = shape.decoder(column, type);
        try {
            return decoder.decode(shown.buffer(), shown.offset(column), shown.length(column));
        } catch (CodecException e) {
            throw shape.conversion(column, type, e.getMessage(), e);
        }
    }

    @Override
    public <T> @Nullable T get(String column, Class<T> type) {
        return get(shape.index(column), type);
    }

    @Override
    public <T> T require(int column, Class<T> type) {
        T value = get(column, type);
        if (value == null) {
            throw shape.conversion(column, type, "the value is NULL", null);
        }
        return value;
    }

    @Override
    public <T> T require(String column, Class<T> type) {
        return require(shape.index(column), type);
    }

    private DataRow requireValue(int column, Class<?> asked) {
        DataRow shown = require(column);
        if (shown.isNull(column)) {
            throw shape.conversion(column, asked, "the value is NULL", null);
        }
        return shown;
    }

    private DataRow require(int column) {
        DataRow shown = require();
        if (column < 0 || column >= shown.size()) {
            throw new PgUsageException(
                    "there is no column " + column + "; the result has " + shown.size() + " columns", false);
        }
        return shown;
    }

    private DataRow require() {
        DataRow shown = row;
        if (shown == null) {
            throw new IllegalStateException("the row is valid only inside the mapping function; rows() gives copies");
        }
        return shown;
    }

    /** Names the columns, not the values. */
    @Override
    public String toString() {
        return "PgRow" + columns().stream().map(PgColumn::name).toList();
    }
}
