package io.fluxgres.internal.protocol;

import java.util.List;

/**
 * The columns of a result. Immutable, may be kept.
 *
 * @param columns the columns in their order; empty for a result of rows without columns, which is legal
 */
public record RowDescription(List<Column> columns) {

    /** The fixed bytes of a column behind its name. */
    private static final int COLUMN_LENGTH = 18;

    /**
     * A column of a result.
     *
     * @param name the name or alias; need not be unique
     * @param tableOid the OID of the table the column comes from, 0 if from none
     * @param attributeNumber the number of the column in its table, 0 if from none
     * @param typeOid the OID of the data type, unsigned
     * @param typeSize the size of the type, negative for variable width
     * @param typeModifier the type modifier, -1 for none
     * @param formatCode the format that the rows carry: 0 text, 1 binary, 2 the binary format of Hyper
     */
    public record Column(
            String name,
            int tableOid,
            short attributeNumber,
            int typeOid,
            short typeSize,
            int typeModifier,
            int formatCode) {

        private static Column read(BackendReader in) {
            String name = in.readCString();
            int tableOid = in.readInt();
            short attributeNumber = in.readShort();
            int typeOid = in.readInt();
            short typeSize = in.readShort();
            int typeModifier = in.readInt();
            int formatCode = in.readUnsignedShort();
            if (formatCode > 2) {
                throw in.violation("format code " + formatCode);
            }
            return new Column(name, tableOid, attributeNumber, typeOid, typeSize, typeModifier, formatCode);
        }

        private Column withFormat(int code) {
            return new Column(name, tableOid, attributeNumber, typeOid, typeSize, typeModifier, code);
        }
    }

    public RowDescription {
        columns = List.copyOf(columns);
    }

    /** Reads the body of RowDescription. */
    static RowDescription read(BackendReader in) {
        int count = in.readUnsignedShort();
        if (count > in.remaining() / (COLUMN_LENGTH + 1)) {
            throw in.violation(count + " columns in " + in.remaining() + " bytes");
        }
        Column[] columns = new Column[count];
        for (int i = 0; i < count; i++) {
            columns[i] = Column.read(in);
        }
        return new RowDescription(List.of(columns));
    }

    /**
     * Returns this description with another format for every column. Describe of a statement comes before Bind and
     * reports text always; the rows carry what Bind asked for.
     */
    public RowDescription withFormat(int formatCode) {
        return new RowDescription(
                columns.stream().map(column -> column.withFormat(formatCode)).toList());
    }

    /** Returns the number of columns. */
    public int size() {
        return columns.size();
    }
}
