package io.fluxgres.r2dbc;

import io.fluxgres.PgColumn;
import io.r2dbc.spi.ColumnMetadata;
import io.r2dbc.spi.OutParameterMetadata;
import io.r2dbc.spi.OutParametersMetadata;
import io.r2dbc.spi.RowMetadata;
import io.r2dbc.spi.Type;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The columns of a result, of rows or of OUT parameters. Names are matched exactly first, then ignoring case. */
record ReadableColumns(List<PgColumn> columns) implements RowMetadata, OutParametersMetadata {

    @Override
    public Column getColumnMetadata(int index) {
        return new Column(columns.get(index));
    }

    @Override
    public Column getColumnMetadata(String name) {
        int index = index(name);
        if (index < 0) {
            throw missing(name);
        }
        return getColumnMetadata(index);
    }

    @Override
    public List<Column> getColumnMetadatas() {
        return columns.stream().map(Column::new).toList();
    }

    @Override
    public boolean contains(String name) {
        return index(name) >= 0;
    }

    private int index(String name) {
        if (name == null) {
            throw new IllegalArgumentException("the name of a column must not be null");
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    NoSuchElementException missing(String name) {
        return new NoSuchElementException("there is no column \"" + name + "\"; the columns are "
                + columns.stream().map(PgColumn::name).toList());
    }

    @Override
    public Column getParameterMetadata(int index) {
        return getColumnMetadata(index);
    }

    @Override
    public Column getParameterMetadata(String name) {
        return getColumnMetadata(name);
    }

    @Override
    public List<Column> getParameterMetadatas() {
        return getColumnMetadatas();
    }

    /** One column. */
    record Column(PgColumn column) implements ColumnMetadata, OutParameterMetadata {

        private static final int NUMERIC_SCALE_BITS = 0x7ff;
        private static final int SIGN_OF_SCALE = 0x400;
        private static final int HEADER = 4;
        /** The precision of an interval stands in the lower half of its modifier. */
        private static final int ANY_PRECISION = 0xffff;

        @Override
        public Type getType() {
            return FluxgresType.describe(column.type());
        }

        @Override
        public Class<?> getJavaType() {
            return FluxgresType.javaType(column.type());
        }

        @Override
        public String getName() {
            return column.name();
        }

        @Override
        public PgColumn getNativeTypeMetadata() {
            return column;
        }

        /**
         * The declared length of a string or bit string, the precision of a numeric, a time or an interval; null if there is
         * none, and for types that have other modifiers.
         */
        @Override
        public @Nullable Integer getPrecision() {
            int modifier = column.typeModifier();
            if (modifier < 0) {
                return null;
            }
            return switch (column.type().name()) {
                case "numeric" -> (modifier - HEADER) >> 16;
                case "varchar", "bpchar" -> modifier - HEADER;
                case "bit", "varbit", "time", "timetz", "timestamp", "timestamptz" -> modifier;
                case "interval" -> (modifier & ANY_PRECISION) == ANY_PRECISION ? null : modifier & ANY_PRECISION;
                default -> null;
            };
        }

        /** The scale of a numeric, null for other types and if none was declared. */
        @Override
        public @Nullable Integer getScale() {
            int modifier = column.typeModifier();
            if (modifier < 0 || !column.type().name().equals("numeric")) {
                return null;
            }
            int scale = (modifier - HEADER) & NUMERIC_SCALE_BITS;
            return (scale ^ SIGN_OF_SCALE) - SIGN_OF_SCALE;
        }
    }
}
