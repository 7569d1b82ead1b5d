package io.fluxgres.testkit.transcript;

import java.util.Arrays;
import java.util.Locale;

/** The common types of {@code pg_type} that transcripts call by their names, with their OIDs and {@code typlen}. */
enum TypeNames {
    BOOL(16, 1),
    BYTEA(17, -1),
    NAME(19, 64),
    INT8(20, 8),
    INT2(21, 2),
    INT4(23, 4),
    TEXT(25, -1),
    OID(26, 4),
    JSON(114, -1),
    XML(142, -1),
    POINT(600, 16),
    FLOAT4(700, 4),
    FLOAT8(701, 8),
    UNKNOWN(705, -2),
    INET(869, -1),
    _INT4(1007, -1),
    _TEXT(1009, -1),
    _INT8(1016, -1),
    BPCHAR(1042, -1),
    VARCHAR(1043, -1),
    DATE(1082, 4),
    TIME(1083, 8),
    TIMESTAMP(1114, 8),
    TIMESTAMPTZ(1184, 8),
    INTERVAL(1186, 16),
    TIMETZ(1266, 12),
    NUMERIC(1700, -1),
    RECORD(2249, -1),
    VOID(2278, 4),
    UUID(2950, 16),
    JSONB(3802, -1);

    private final int oid;
    private final int length;

    TypeNames(int oid, int length) {
        this.oid = oid;
        this.length = length;
    }

    /** Returns the OID of a type given by its name or its OID. */
    static int oid(String nameOrOid) {
        for (TypeNames type : values()) {
            if (type.word().equals(nameOrOid)) {
                return type.oid;
            }
        }
        try {
            return Integer.parseUnsignedInt(nameOrOid);
        } catch (NumberFormatException e) {
            throw new TranscriptException("%s is neither a known type nor an OID".formatted(nameOrOid));
        }
    }

    static String word(int oid) {
        return Arrays.stream(values())
                .filter(type -> type.oid == oid)
                .map(TypeNames::word)
                .findFirst()
                .orElse(Integer.toUnsignedString(oid));
    }

    /** Returns {@code typlen}; types without a name are taken to be of variable width. */
    static int length(int oid) {
        return Arrays.stream(values())
                .filter(type -> type.oid == oid)
                .mapToInt(type -> type.length)
                .findFirst()
                .orElse(-1);
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
