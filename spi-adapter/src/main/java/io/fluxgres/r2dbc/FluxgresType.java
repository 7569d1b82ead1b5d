package io.fluxgres.r2dbc;

import io.fluxgres.codec.PgType;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Type;
import java.util.Map;
import java.util.UUID;

/**
 * A data type of PostgreSQL, for which {@link R2dbcType} has no name: {@code Parameters.in(FluxgresType.of(PgType.JSONB),
 * text)}. Also what {@code ReadableMetadata.getType()} tells of such columns.
 *
 * @param pgType the type as the driver knows it
 */
public record FluxgresType(PgType pgType) implements Type {

    private static final PgType TIMETZ = new PgType(1266, "timetz", PgType.Kind.BASE, 0);

    private static final Map<PgType, R2dbcType> STANDARD = Map.ofEntries(
            Map.entry(PgType.BOOL, R2dbcType.BOOLEAN),
            Map.entry(PgType.BYTEA, R2dbcType.VARBINARY),
            Map.entry(PgType.INT2, R2dbcType.SMALLINT),
            Map.entry(PgType.INT4, R2dbcType.INTEGER),
            Map.entry(PgType.INT8, R2dbcType.BIGINT),
            Map.entry(PgType.FLOAT4, R2dbcType.REAL),
            Map.entry(PgType.FLOAT8, R2dbcType.DOUBLE),
            Map.entry(PgType.NUMERIC, R2dbcType.NUMERIC),
            Map.entry(PgType.BPCHAR, R2dbcType.CHAR),
            Map.entry(PgType.VARCHAR, R2dbcType.VARCHAR),
            Map.entry(PgType.TEXT, R2dbcType.VARCHAR),
            Map.entry(PgType.DATE, R2dbcType.DATE),
            Map.entry(PgType.TIME, R2dbcType.TIME),
            Map.entry(TIMETZ, R2dbcType.TIME_WITH_TIME_ZONE),
            Map.entry(PgType.TIMESTAMP, R2dbcType.TIMESTAMP),
            Map.entry(PgType.TIMESTAMPTZ, R2dbcType.TIMESTAMP_WITH_TIME_ZONE));

    /** Returns the type as R2DBC names it. */
    public static FluxgresType of(PgType type) {
        return new FluxgresType(type);
    }

    /** Returns the standard's type if it has one. */
    static Type describe(PgType type) {
        Type standard = STANDARD.get(type);
        return standard == null ? new FluxgresType(type) : standard;
    }

    /** Returns the type that a parameter is declared as; unspecified where R2DBC only guessed from a class. */
    static PgType declared(Type type) {
        if (type instanceof FluxgresType own) {
            return own.pgType();
        }
        return type instanceof R2dbcType standard ? declared(standard) : PgType.UNSPECIFIED;
    }

    private static PgType declared(R2dbcType type) {
        return switch (type) {
            case CHAR, NCHAR -> PgType.BPCHAR;
            case VARCHAR, NVARCHAR -> PgType.VARCHAR;
            case CLOB, NCLOB -> PgType.TEXT;
            case BOOLEAN -> PgType.BOOL;
            case BINARY, VARBINARY, BLOB -> PgType.BYTEA;
            case TINYINT, SMALLINT -> PgType.INT2;
            case INTEGER -> PgType.INT4;
            case BIGINT -> PgType.INT8;
            case NUMERIC, DECIMAL -> PgType.NUMERIC;
            case REAL -> PgType.FLOAT4;
            case FLOAT, DOUBLE -> PgType.FLOAT8;
            case DATE -> PgType.DATE;
            case TIME -> PgType.TIME;
            case TIME_WITH_TIME_ZONE -> TIMETZ;
            case TIMESTAMP -> PgType.TIMESTAMP;
            case TIMESTAMP_WITH_TIME_ZONE -> PgType.TIMESTAMPTZ;
            case COLLECTION -> PgType.UNSPECIFIED;
        };
    }

    /** Returns the class of the values that a row gives of columns of a type; Object where it gives none but on demand. */
    static Class<?> javaType(PgType type) {
        if (type.equals(PgType.UUID)) {
            return UUID.class;
        } else if (type.equals(PgType.OID)) {
            return Long.class;
        } else if (type.kind() == PgType.Kind.ARRAY || type.name().equals("anyarray")) {
            return Object.class;
        }
        Type standard = STANDARD.get(type);
        return standard == null || type.equals(TIMETZ) ? String.class : standard.getJavaType();
    }

    @Override
    public Class<?> getJavaType() {
        return javaType(pgType);
    }

    @Override
    public String getName() {
        return pgType.name();
    }
}
