package io.fluxgres.internal.codec;

import io.fluxgres.codec.PgType;
import io.fluxgres.codec.PgType.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The types of {@code pg_type} in PostgreSQL 18 that a result may contain on every server: scalar types, ranges, and
 * the arrays of both.
 *
 * <p>{@code int2vector} and {@code oidvector} are base types here, because their text is not that of an array.
 */
public final class BuiltinTypes {

    /** The type of a string literal that nothing gave another type to. */
    static final PgType UNKNOWN = new PgType(705, "unknown", Kind.PSEUDO, 0);

    /** An array of whatever type, as the columns of {@code pg_stats} are. */
    static final PgType ANYARRAY = new PgType(2277, "anyarray", Kind.PSEUDO, 0);

    private static final PgType[] TYPES = new Table().sortedByOid();
    private static final int[] OIDS = Arrays.stream(TYPES).mapToInt(PgType::oid).toArray();

    private BuiltinTypes() {}

    /** Returns the built-in type with the given OID, or null if it is none. */
    public static @Nullable PgType find(int oid) {
        int at = Arrays.binarySearch(OIDS, oid);
        return at < 0 ? null : TYPES[at];
    }

    /** Collects the types; each line names the array type too. */
    private static final class Table {

        private final List<PgType> types = new ArrayList<>();

        PgType[] sortedByOid() {
            addAll();
            types.sort(Comparator.comparingInt(PgType::oid));
            return types.toArray(PgType[]::new);
        }

        private void addAll() {
            add(PgType.BOOL, 1000);
            add(PgType.BYTEA, 1001);
            add(PgType.CHAR, 1002);
            add(PgType.NAME, 1003);
            add(PgType.INT8, 1016);
            add(PgType.INT2, 1005);
            add(22, "int2vector", Kind.BASE, 0, 1006);
            add(PgType.INT4, 1007);
            add(24, "regproc", Kind.BASE, 0, 1008);
            add(PgType.TEXT, 1009);
            add(PgType.OID, 1028);
            add(27, "tid", Kind.BASE, 0, 1010);
            add(28, "xid", Kind.BASE, 0, 1011);
            add(29, "cid", Kind.BASE, 0, 1012);
            add(30, "oidvector", Kind.BASE, 0, 1013);
            add(PgType.JSON, 199);
            add(142, "xml", Kind.BASE, 0, 143);
            add(194, "pg_node_tree", Kind.BASE, 0, 0);
            add(600, "point", Kind.BASE, 0, 1017);
            add(601, "lseg", Kind.BASE, 0, 1018);
            add(602, "path", Kind.BASE, 0, 1019);
            add(603, "box", Kind.BASE, 0, 1020);
            add(604, "polygon", Kind.BASE, 0, 1027);
            add(628, "line", Kind.BASE, 0, 629);
            add(650, "cidr", Kind.BASE, 0, 651);
            add(PgType.FLOAT4, 1021);
            add(PgType.FLOAT8, 1022);
            add(UNKNOWN, 0);
            add(718, "circle", Kind.BASE, 0, 719);
            add(774, "macaddr8", Kind.BASE, 0, 775);
            add(790, "money", Kind.BASE, 0, 791);
            add(829, "macaddr", Kind.BASE, 0, 1040);
            add(869, "inet", Kind.BASE, 0, 1041);
            add(1033, "aclitem", Kind.BASE, 0, 1034);
            add(PgType.BPCHAR, 1014);
            add(PgType.VARCHAR, 1015);
            add(PgType.DATE, 1182);
            add(PgType.TIME, 1183);
            add(PgType.TIMESTAMP, 1115);
            add(PgType.TIMESTAMPTZ, 1185);
            add(1186, "interval", Kind.BASE, 0, 1187);
            add(1266, "timetz", Kind.BASE, 0, 1270);
            add(1560, "bit", Kind.BASE, 0, 1561);
            add(1562, "varbit", Kind.BASE, 0, 1563);
            add(PgType.NUMERIC, 1231);
            add(1790, "refcursor", Kind.BASE, 0, 2201);
            add(2202, "regprocedure", Kind.BASE, 0, 2207);
            add(2203, "regoper", Kind.BASE, 0, 2208);
            add(2204, "regoperator", Kind.BASE, 0, 2209);
            add(2205, "regclass", Kind.BASE, 0, 2210);
            add(2206, "regtype", Kind.BASE, 0, 2211);
            add(2249, "record", Kind.PSEUDO, 0, 2287);
            add(2275, "cstring", Kind.PSEUDO, 0, 1263);
            add(ANYARRAY, 0);
            add(2278, "void", Kind.PSEUDO, 0, 0);
            add(PgType.UUID, 2951);
            add(2970, "txid_snapshot", Kind.BASE, 0, 2949);
            add(3220, "pg_lsn", Kind.BASE, 0, 3221);
            add(3361, "pg_ndistinct", Kind.BASE, 0, 0);
            add(3402, "pg_dependencies", Kind.BASE, 0, 0);
            add(3614, "tsvector", Kind.BASE, 0, 3643);
            add(3615, "tsquery", Kind.BASE, 0, 3645);
            add(3642, "gtsvector", Kind.BASE, 0, 3644);
            add(3734, "regconfig", Kind.BASE, 0, 3735);
            add(3769, "regdictionary", Kind.BASE, 0, 3770);
            add(PgType.JSONB, 3807);
            add(3904, "int4range", Kind.RANGE, 23, 3905);
            add(3906, "numrange", Kind.RANGE, 1700, 3907);
            add(3908, "tsrange", Kind.RANGE, 1114, 3909);
            add(3910, "tstzrange", Kind.RANGE, 1184, 3911);
            add(3912, "daterange", Kind.RANGE, 1082, 3913);
            add(3926, "int8range", Kind.RANGE, 20, 3927);
            add(4072, "jsonpath", Kind.BASE, 0, 4073);
            add(4089, "regnamespace", Kind.BASE, 0, 4090);
            add(4096, "regrole", Kind.BASE, 0, 4097);
            add(4191, "regcollation", Kind.BASE, 0, 4192);
            add(4451, "int4multirange", Kind.MULTIRANGE, 0, 6150);
            add(4532, "nummultirange", Kind.MULTIRANGE, 0, 6151);
            add(4533, "tsmultirange", Kind.MULTIRANGE, 0, 6152);
            add(4534, "tstzmultirange", Kind.MULTIRANGE, 0, 6153);
            add(4535, "datemultirange", Kind.MULTIRANGE, 0, 6155);
            add(4536, "int8multirange", Kind.MULTIRANGE, 0, 6157);
            add(5017, "pg_mcv_list", Kind.BASE, 0, 0);
            add(5038, "pg_snapshot", Kind.BASE, 0, 5039);
            add(5069, "xid8", Kind.BASE, 0, 271);
        }

        private void add(int oid, String name, Kind kind, int subtypeOid, int arrayOid) {
            add(new PgType(oid, name, kind, subtypeOid), arrayOid);
        }

        private void add(PgType type, int arrayOid) {
            types.add(type);
            if (arrayOid != 0) {
                types.add(new PgType(arrayOid, "_" + type.name(), Kind.ARRAY, type.oid()));
            }
        }
    }
}
