package io.fluxgres.r2dbc;

import io.fluxgres.PgConversionException;
import io.fluxgres.PgRow;
import io.fluxgres.PgUsageException;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Clob;
import io.r2dbc.spi.OutParameters;
import io.r2dbc.spi.Row;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A row as R2DBC reads it: bytes are {@code ByteBuffer}s, and large objects come as a whole. It lives as long as the row of
 * the driver does that it shows.
 */
class ReadableRow implements Row {

    final PgRow row;
    final ReadableColumns columns;

    ReadableRow(PgRow row, ReadableColumns columns) {
        this.row = row;
        this.columns = columns;
    }

    @Override
    public ReadableColumns getMetadata() {
        return columns;
    }

    @Override
    public @Nullable Object get(int index) {
        return get(index, Object.class);
    }

    @Override
    public @Nullable Object get(String name) {
        return get(name, Object.class);
    }

    @Override
    public <T> @Nullable T get(int index, Class<T> type) {
        int size = columns.columns().size();
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(
                    "there is no column " + index + "; the result has " + size + " columns");
        }
        requireClass(type);
        try {
            return special(type) ? cast(type, row.get(index, source(type))) : row.get(index, type);
        } catch (PgConversionException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public <T> @Nullable T get(String name, Class<T> type) {
        requireClass(type);
        if (name == null) {
            throw new IllegalArgumentException("the name of a column must not be null");
        }
        try {
            return special(type) ? cast(type, row.get(name, source(type))) : row.get(name, type);
        } catch (PgUsageException e) {
            throw columns.missing(name);
        } catch (PgConversionException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static void requireClass(Class<?> type) {
        if (type == null) {
            throw new IllegalArgumentException("the class of a value must not be null");
        }
    }

    private static boolean special(Class<?> type) {
        return type == Object.class || type == Blob.class || type == Clob.class;
    }

    private static Class<?> source(Class<?> type) {
        if (type == Blob.class) {
            return ByteBuffer.class;
        }
        return type == Clob.class ? String.class : Object.class;
    }

    private static <T> @Nullable T cast(Class<T> type, @Nullable Object value) {
        if (value == null) {
            return null;
        } else if (type == Blob.class) {
            return type.cast(Blob.from(Mono.just((ByteBuffer) value)));
        } else if (type == Clob.class) {
            return type.cast(Clob.from(Mono.just((String) value)));
        }
        return type.cast(value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value);
    }

    /** Names the columns, not the values. */
    @Override
    public String toString() {
        return row.toString();
    }

    /** The row with which CALL answers. */
    static final class Out implements OutParameters {

        private final ReadableRow row;

        Out(ReadableRow row) {
            this.row = row;
        }

        @Override
        public ReadableColumns getMetadata() {
            return row.getMetadata();
        }

        @Override
        public <T> @Nullable T get(int index, Class<T> type) {
            return row.get(index, type);
        }

        @Override
        public <T> @Nullable T get(String name, Class<T> type) {
            return row.get(name, type);
        }
    }
}
