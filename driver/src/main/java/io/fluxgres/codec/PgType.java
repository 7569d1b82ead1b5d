package io.fluxgres.codec;

/**
 * A data type of the server, as its row in {@code pg_type} describes it.
 *
 * <p>The constants are the built-in types whose OIDs are fixed in every server. Two types are equal when their OID,
 * name, kind and related type are.
 *
 * @param oid the type's OID; an unsigned 32-bit number, print it with {@link Integer#toUnsignedString(int)}
 * @param name the type's name ({@code typname}), such as {@code int4}
 * @param kind what the type is made of
 * @param relatedOid the OID of the element type of an array, the base type of a domain or the subtype of a range; 0 for
 *     all other kinds
 */
public record PgType(int oid, String name, Kind kind, int relatedOid) {

    /** What a type is made of ({@code typtype}, with arrays told apart from other base types). */
    public enum Kind {
        BASE,
        ARRAY,
        DOMAIN,
        ENUM,
        COMPOSITE,
        RANGE,
        MULTIRANGE,
        PSEUDO,
        /** The catalog has not been asked about this type. */
        UNKNOWN
    }

    public static final PgType BOOL = base(16, "bool");
    public static final PgType BYTEA = base(17, "bytea");
    public static final PgType CHAR = base(18, "char");
    public static final PgType NAME = base(19, "name");
    public static final PgType INT8 = base(20, "int8");
    public static final PgType INT2 = base(21, "int2");
    public static final PgType INT4 = base(23, "int4");
    public static final PgType TEXT = base(25, "text");
    public static final PgType OID = base(26, "oid");
    public static final PgType JSON = base(114, "json");
    public static final PgType FLOAT4 = base(700, "float4");
    public static final PgType FLOAT8 = base(701, "float8");
    public static final PgType BPCHAR = base(1042, "bpchar");
    public static final PgType VARCHAR = base(1043, "varchar");
    public static final PgType DATE = base(1082, "date");
    public static final PgType TIME = base(1083, "time");
    public static final PgType TIMESTAMP = base(1114, "timestamp");
    public static final PgType TIMESTAMPTZ = base(1184, "timestamptz");
    public static final PgType NUMERIC = base(1700, "numeric");
    public static final PgType UUID = base(2950, "uuid");
    public static final PgType JSONB = base(3802, "jsonb");

    /** As the declared type of a parameter: the server infers it from the statement. */
    public static final PgType UNSPECIFIED = new PgType(0, "unspecified", Kind.PSEUDO, 0);

    private static PgType base(int oid, String name) {
        return new PgType(oid, name, Kind.BASE, 0);
    }

    /** Returns a type of which nothing but the OID is known; it is read and written as text. */
    public static PgType unknown(int oid) {
        return new PgType(oid, Integer.toUnsignedString(oid), Kind.UNKNOWN, 0);
    }

    /** Returns the type's name. */
    @Override
    public String toString() {
        return name;
    }
}
