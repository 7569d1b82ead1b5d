package io.fluxgres;

import io.fluxgres.codec.PgType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Values of parameters: those of each class that the driver writes, and those that a type cannot hold. */
final class ParameterSamples {

    private ParameterSamples() {}

    /** A value, the type that it is declared as if none is named, and the text that the server prints for it. */
    static Stream<Arguments> naturalValues() {
        return Stream.of(
                Arguments.of(true, "bool", "t"),
                Arguments.of(false, "bool", "f"),
                Arguments.of((byte) -128, "int2", "-128"),
                Arguments.of(Short.MIN_VALUE, "int2", "-32768"),
                Arguments.of(Short.MAX_VALUE, "int2", "32767"),
                Arguments.of(0, "int4", "0"),
                Arguments.of(Integer.MIN_VALUE, "int4", "-2147483648"),
                Arguments.of(Integer.MAX_VALUE, "int4", "2147483647"),
                Arguments.of(Long.MIN_VALUE, "int8", "-9223372036854775808"),
                Arguments.of(Long.MAX_VALUE, "int8", "9223372036854775807"),
                Arguments.of(1.5f, "float4", "1.5"),
                Arguments.of(Float.MIN_VALUE, "float4", "1e-45"),
                Arguments.of(Float.MAX_VALUE, "float4", "3.4028235e+38"),
                Arguments.of(-0.0f, "float4", "-0"),
                Arguments.of(Float.NaN, "float4", "NaN"),
                Arguments.of(0.1, "float8", "0.1"),
                Arguments.of(Double.MIN_VALUE, "float8", "5e-324"),
                Arguments.of(Double.MAX_VALUE, "float8", "1.7976931348623157e+308"),
                Arguments.of(-0.0, "float8", "-0"),
                Arguments.of(Double.NaN, "float8", "NaN"),
                Arguments.of(Double.NEGATIVE_INFINITY, "float8", "-Infinity"),
                Arguments.of(BigDecimal.ZERO, "numeric", "0"),
                Arguments.of(new BigDecimal("0.000"), "numeric", "0.000"),
                Arguments.of(new BigDecimal("-1.10"), "numeric", "-1.10"),
                Arguments.of(new BigDecimal("12E+3"), "numeric", "12000"),
                Arguments.of(new BigDecimal("0E+10"), "numeric", "0"),
                Arguments.of(new BigDecimal("1E-20"), "numeric", "0.00000000000000000001"),
                Arguments.of(new BigDecimal("99999999.99990000"), "numeric", "99999999.99990000"),
                Arguments.of(new BigDecimal("1E+131071"), "numeric", "1" + "0".repeat(131_071)),
                Arguments.of(new BigDecimal("-1E-16383"), "numeric", "-0." + "0".repeat(16_382) + "1"),
                Arguments.of(BigInteger.TEN.pow(30).negate(), "numeric", "-1" + "0".repeat(30)),
                Arguments.of("", "varchar", ""),
                Arguments.of("gr\u00fc\u00df \ud83d\ude00 '\"\\", "varchar", "gr\u00fc\u00df \ud83d\ude00 '\"\\"),
                Arguments.of(new StringBuilder("built"), "varchar", "built"),
                Arguments.of('\u20ac', "varchar", "\u20ac"),
                Arguments.of(new byte[] {}, "bytea", "\\x"),
                Arguments.of(new byte[] {0, -1, '\\', 127}, "bytea", "\\x00ff5c7f"),
                Arguments.of(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 1, 2), "bytea", "\\x0203"),
                Arguments.of(ByteBuffer.allocateDirect(2).asReadOnlyBuffer(), "bytea", "\\x0000"),
                Arguments.of(new UUID(Long.MIN_VALUE, -1), "uuid", "80000000-0000-0000-ffff-ffffffffffff"),
                Arguments.of(LocalDate.of(2024, 2, 29), "date", "2024-02-29"),
                Arguments.of(LocalDate.of(0, 12, 31), "date", "0001-12-31 BC"),
                Arguments.of(LocalDate.of(-4713, 11, 24), "date", "4714-11-24 BC"),
                Arguments.of(LocalDate.of(5_874_897, 12, 31), "date", "5874897-12-31"),
                Arguments.of(LocalDate.MAX, "date", "infinity"),
                Arguments.of(LocalDate.MIN, "date", "-infinity"),
                Arguments.of(LocalTime.MIDNIGHT, "time", "00:00:00"),
                Arguments.of(LocalTime.of(23, 59, 59, 999_999_000), "time", "23:59:59.999999"),
                Arguments.of(
                        LocalDateTime.of(1999, 12, 31, 23, 59, 59, 500_000_000), "timestamp", "1999-12-31 23:59:59.5"),
                Arguments.of(LocalDateTime.of(-4713, 11, 24, 0, 0), "timestamp", "4714-11-24 00:00:00 BC"),
                Arguments.of(
                        LocalDateTime.of(294_276, 12, 31, 23, 59, 59, 999_999_000),
                        "timestamp",
                        "294276-12-31 23:59:59.999999"),
                Arguments.of(LocalDateTime.MAX, "timestamp", "infinity"),
                Arguments.of(LocalDateTime.MIN, "timestamp", "-infinity"),
                Arguments.of(Instant.ofEpochSecond(-1, 1_000), "timestamptz", "1969-12-31 23:59:59.000001+00"),
                Arguments.of(Instant.MAX, "timestamptz", "infinity"),
                Arguments.of(
                        OffsetDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneOffset.ofHours(2)),
                        "timestamptz",
                        "2024-07-01 10:00:00+00"),
                Arguments.of(OffsetDateTime.MIN, "timestamptz", "-infinity"),
                Arguments.of(
                        LocalDateTime.of(2024, 7, 1, 12, 0).atZone(ZoneId.of("Asia/Kolkata")),
                        "timestamptz",
                        "2024-07-01 06:30:00+00"));
    }

    /** A value that another type than that of its class can hold, that type, and the text that the server prints. */
    static Stream<Arguments> compatibleValues() {
        List<Number> sevens = List.of(
                (byte) 7,
                (short) 7,
                7,
                7L,
                7.0f,
                7.0,
                BigInteger.valueOf(7),
                new BigDecimal("7"),
                new BigDecimal("7.0"));
        Stream<Arguments> integers = Stream.of(PgType.INT2, PgType.INT4, PgType.INT8, PgType.OID)
                .flatMap(type -> sevens.stream().map(seven -> Arguments.of(seven, type, "7")));
        Stream<Arguments> floats = Stream.of(PgType.FLOAT4, PgType.FLOAT8)
                .flatMap(type -> sevens.stream().map(seven -> Arguments.of(seven, type, "7")));
        Stream<Arguments> numerics = sevens.stream()
                .map(seven ->
                        Arguments.of(seven, PgType.NUMERIC, seven instanceof BigDecimal ? seven.toString() : "7"));
        Stream<Arguments> texts = Stream.of(PgType.TEXT, PgType.VARCHAR, PgType.BPCHAR, PgType.NAME)
                .flatMap(type -> Stream.of(
                        Arguments.of("a\u20ac", type, "a\u20ac"),
                        Arguments.of(new StringBuilder("a\u20ac"), type, "a\u20ac"),
                        Arguments.of('\u20ac', type, "\u20ac"),
                        Arguments.of(new byte[] {'a', (byte) 0xe2, (byte) 0x82, (byte) 0xac}, type, "a\u20ac")));
        Stream<Arguments> others = Stream.of(
                Arguments.of(4_294_967_295L, PgType.OID, "4294967295"),
                Arguments.of(Double.NaN, PgType.NUMERIC, "NaN"),
                Arguments.of(0.1f, PgType.NUMERIC, "0.1"),
                Arguments.of(0.1, PgType.NUMERIC, "0.1"),
                Arguments.of(2e-3, PgType.NUMERIC, "0.002"),
                Arguments.of(new BigDecimal("0.1"), PgType.FLOAT8, "0.1"),
                Arguments.of(0.1, PgType.FLOAT4, "0.1"),
                Arguments.of("a", PgType.CHAR, "a"),
                Arguments.of('a', PgType.CHAR, "a"),
                Arguments.of("{\"b\": 1}", PgType.JSON, "{\"b\": 1}"),
                Arguments.of("{\"b\":1}", PgType.JSONB, "{\"b\": 1}"),
                Arguments.of(new byte[] {'[', ']'}, PgType.JSON, "[]"),
                Arguments.of(new byte[] {'[', ']'}, PgType.JSONB, "[]"),
                // strings stand for the text of any type
                Arguments.of(" 42 ", PgType.INT4, "42"),
                Arguments.of("1e3", PgType.NUMERIC, "1000"),
                Arguments.of("yes", PgType.BOOL, "t"),
                Arguments.of("2024-02-29", PgType.DATE, "2024-02-29"),
                Arguments.of(
                        "{80000000-0000-0000-FFFF-FFFFFFFFFFFF}", PgType.UUID, "80000000-0000-0000-ffff-ffffffffffff"),
                Arguments.of("1 day", PgType.unknown(1186), "1 day"),
                Arguments.of("{1,2}", PgType.unknown(1007), "{1,2}"),
                Arguments.of("10.0.0.1", PgType.unknown(869), "10.0.0.1"));
        return Stream.of(integers, floats, numerics, texts, others).flatMap(stream -> stream);
    }

    /** A value that a type cannot hold, that type (null for none declared), and a word of the reason. */
    static Stream<Arguments> refusedValues() {
        return Stream.of(
                Arguments.of(32_768, PgType.INT2, "out of range"),
                Arguments.of(-32_769L, PgType.INT2, "out of range"),
                Arguments.of(2_147_483_648L, PgType.INT4, "out of range"),
                Arguments.of(-1, PgType.OID, "out of range"),
                Arguments.of(4_294_967_296L, PgType.OID, "out of range"),
                Arguments.of(BigInteger.ONE.shiftLeft(63), PgType.INT8, "out of range"),
                Arguments.of(new BigDecimal("1E+1000000000"), PgType.INT8, "out of range"),
                Arguments.of(1e19, PgType.INT8, "out of range"),
                Arguments.of(Double.NaN, PgType.INT4, "NaN"),
                Arguments.of(Float.POSITIVE_INFINITY, PgType.INT8, "infinite"),
                Arguments.of(1.5, PgType.INT4, "fraction"),
                Arguments.of(new BigDecimal("1.5"), PgType.INT4, "fraction"),
                Arguments.of(new BigDecimal("1E-1000000000"), PgType.INT4, "fraction"),
                Arguments.of(Double.MAX_VALUE, PgType.FLOAT4, "out of range"),
                Arguments.of(new BigDecimal("1E+400"), PgType.FLOAT8, "out of range"),
                Arguments.of(Long.MAX_VALUE, PgType.FLOAT8, "exactly"),
                Arguments.of(16_777_217, PgType.FLOAT4, "exactly"),
                Arguments.of(new BigDecimal("1E+131072"), null, "131072 digits"),
                Arguments.of(new BigDecimal("1E-16384"), null, "16383 digits"),
                Arguments.of("swordfish\0", null, "NUL"),
                Arguments.of("swordfish\ud83d", null, "surrogate"),
                Arguments.of('\0', null, "NUL"),
                Arguments.of('\ude00', null, "surrogate"),
                Arguments.of("swordfish\0", PgType.JSONB, "NUL"),
                Arguments.of("swordfish\0", PgType.UNSPECIFIED, "NUL"),
                Arguments.of("swordfish\0", PgType.unknown(1186), "NUL"),
                Arguments.of("swordfish", PgType.CHAR, "single"),
                Arguments.of('\u20ac', PgType.CHAR, "single"),
                Arguments.of(LocalDate.of(-4713, 11, 23), null, "4714-11-24 BC"),
                Arguments.of(LocalDate.of(5_874_898, 1, 1), null, "5874897-12-31"),
                Arguments.of(LocalDateTime.of(-4713, 11, 23, 23, 59, 59), null, "4714-11-24 BC"),
                Arguments.of(LocalDateTime.of(294_277, 1, 1, 0, 0), null, "294276-12-31"),
                Arguments.of(LocalDateTime.of(294_276, 12, 31, 23, 59, 59, 999_999_900), null, "294276-12-31"),
                Arguments.of(Instant.MAX.minusSeconds(1), null, "294276-12-31"),
                Arguments.of(Instant.MIN.plusSeconds(1), null, "4714-11-24 BC"),
                Arguments.of(OffsetDateTime.MAX.minusYears(1), null, "294276-12-31"));
    }
}
