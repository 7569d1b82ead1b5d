package io.fluxgres;

import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;

/**
 * Values of a type of the server, written in SQL: boundaries, special values, and what the type's two formats write
 * differently.
 *
 * @param type the name of the type
 * @param binary whether the driver reads the type in binary once a statement is warm
 * @param expressions the values
 */
record CodecSamples(String type, boolean binary, List<String> expressions) {

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "a",
            "0",
            "t",
            "-1",
            "1e3",
            "NaN",
            "two\nlines\tand a tab",
            "back\\slash and \"quotes\"",
            "gr\u00fc\u00df",
            "\u20ac",
            "\ud83d\ude00",
            "e\u0301",
            "\ufeffbom",
            "\u007f",
            "2001-02-03",
            "null");

    static Stream<CodecSamples> all() {
        return Stream.of(
                booleans(),
                integers("int2", "32767", "-32768"),
                integers("int4", "2147483647", "-2147483648", "16777217"),
                integers("int8", "9223372036854775807", "-9223372036854775808", "9007199254740993", "2147483648"),
                literals("oid", "0", "1", "42", "2147483647", "2147483648", "4294967295"),
                float4(),
                float8(),
                numeric(),
                texts("text"),
                texts("varchar"),
                texts("varchar(30)"),
                name(),
                blankPadded(),
                singleByte(),
                bytea(),
                uuid(),
                date(),
                time(),
                timestamp(),
                timestamptz(),
                documents("json"),
                documents("jsonb"),
                textOnly("interval", "1 day", "-1 year 2 mons 3 days 04:05:06.789", "0"),
                textOnly("inet", "127.0.0.1", "::1/128", "10.0.0.0/8"),
                textOnly("int4[]", "{}", "{1,2,null}", "[0:1]={1,2}"),
                textOnly("text[]", "{}", "{\"a,b\",\"NULL\",null,\"\\\"\"}"),
                textOnly("int4range", "empty", "[1,5)", "(,)"),
                textOnly("timetz", "12:34:56+05:30", "24:00:00-15:59"),
                textOnly("bit(5)", "10101"),
                textOnly("money", "12.34", "-1234567.89"),
                textOnly("point", "(1,2)"),
                textOnly("macaddr", "08:00:2b:01:02:03"),
                textOnly("regclass", "pg_class"),
                textOnly("xid8", "18446744073709551615"),
                textOnly("tsvector", "a fat cat"),
                textOnly("pg_lsn", "16/B374D848"),
                textOnly("mood", "happy", "it's \u00e4"),
                textOnly("pair", "(1,\"a b\")", "(,)"));
    }

    private static CodecSamples booleans() {
        return literals("bool", "true", "false");
    }

    private static CodecSamples integers(String type, String... boundaries) {
        return literals(
                type,
                Stream.concat(
                                Stream.of("0", "1", "-1", "7", "127", "128", "-128", "-129", "255", "10000"),
                                Stream.of(boundaries))
                        .toArray(String[]::new));
    }

    private static CodecSamples float4() {
        return literals(
                "float4",
                "0",
                "-0",
                "1",
                "-1",
                "0.1",
                "1.5",
                "-2.75",
                "3.4028235e38",
                "-3.4028235e38",
                "1.17549435e-38",
                "1e-45",
                "1e6",
                "1e15",
                "1e20",
                "16777216",
                "16777217",
                "2147483647",
                "123456.79",
                "0.30000001",
                "NaN",
                "Infinity",
                "-Infinity");
    }

    private static CodecSamples float8() {
        return literals(
                "float8",
                "0",
                "-0",
                "1",
                "-1",
                "0.1",
                "1.5",
                "-2.75",
                "1.7976931348623157e308",
                "-1.7976931348623157e308",
                "2.2250738585072014e-308",
                "5e-324",
                "2e-44",
                "1e15",
                "1e16",
                "1e22",
                "1e23",
                "9007199254740993",
                "9223372036854775807",
                "-9223372036854775808",
                "2147483647",
                "2147483648",
                "255",
                "0.30000000000000004",
                "123456789.12345678",
                "3.4028236e38",
                "NaN",
                "Infinity",
                "-Infinity");
    }

    private static CodecSamples numeric() {
        Stream<String> literals = Stream.of(
                "0",
                "-0",
                "0.0",
                "0.00000",
                "1",
                "-1",
                "1.10",
                "-0.5",
                "00012.3400",
                "0.1",
                "0.0001",
                "0.00001",
                "-0.000000000000000000001",
                "9999",
                "10000",
                "10001.0001",
                "12345678.87654321",
                "100000000",
                "127",
                "128",
                "32768",
                "2147483647",
                "2147483648",
                "9223372036854775807",
                "9223372036854775808",
                "-9223372036854775808",
                "-9223372036854775809",
                "123456789012345678",
                "999999999999999999999999.999999999999999999",
                "1e100",
                "1e-100",
                "1.5e400",
                "3.4028236e38",
                "1e131071",
                "1e-16383",
                "NaN",
                "Infinity",
                "-Infinity");
        return new CodecSamples(
                "numeric",
                true,
                Stream.concat(
                                literals.map(literal -> "'" + literal + "'::numeric"),
                                Stream.of("1::numeric(10,5)", "(1::numeric / 3)", "null::numeric"))
                        .toList());
    }

    private static CodecSamples texts(String type) {
        return literals(type, TEXTS.toArray(String[]::new));
    }

    private static CodecSamples name() {
        return literals("name", "", "pg_class", "Gr\u00fc\u00df", "a b", "\ud83d\ude00")
                .with("repeat('n', 63)::name");
    }

    private static CodecSamples blankPadded() {
        return literals("bpchar(3)", "", "a", "ab", "abc", "\u00e4", "\u20ac\u20ac\u20ac", "\ud83d\ude00")
                .with("'b  '::bpchar")
                .with("null::char");
    }

    private static CodecSamples singleByte() {
        return literals("\"char\"", "", "a", "\\", " ", "'", "\u007f").with("1::\"char\"");
    }

    private static CodecSamples bytea() {
        return literals("bytea", "\\x", "\\x00", "\\xff", "\\x5c78", "\\xDEADBEEF", "\\x275c00", "abc", "\\134");
    }

    private static CodecSamples uuid() {
        return literals(
                "uuid",
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
                "80000000-0000-0000-8000-000000000000",
                "7fffffff-ffff-ffff-7fff-ffffffffffff");
    }

    private static CodecSamples date() {
        return literals(
                "date",
                "2000-01-01",
                "1999-12-31",
                "1970-01-01",
                "2024-02-29",
                "1900-03-01",
                "0001-01-01",
                "0001-12-31 BC",
                "0001-01-01 BC",
                "0005-02-28 BC",
                "0005-02-29 BC",
                "0044-03-15 BC",
                "0099-01-01",
                "9999-12-31",
                "10000-01-01",
                "294276-12-31",
                "4714-11-24 BC",
                "5874897-12-31",
                "infinity",
                "-infinity");
    }

    private static CodecSamples time() {
        return literals(
                        "time",
                        "00:00:00",
                        "00:00:00.000001",
                        "01:02:03",
                        "12:34:56.789",
                        "12:34:56.100000",
                        "23:59:59.999999",
                        "23:59:59.9999999",
                        "24:00:00")
                .with("'12:34:56.789'::time(0)");
    }

    private static CodecSamples timestamp() {
        return literals(
                "timestamp",
                "2000-01-01 00:00:00",
                "1999-12-31 23:59:59.999999",
                "1970-01-01 00:00:00",
                "1969-12-31 23:59:59.5",
                "2024-02-29 12:34:56.7",
                "2024-03-31 02:30:00",
                "0001-01-01 00:00:00",
                "0001-12-31 23:59:59.999999 BC",
                "0044-03-15 12:00:00.000001 BC",
                "10000-01-01 00:00:00",
                "294276-12-31 23:59:59.999999",
                "4714-11-24 00:00:00 BC",
                "infinity",
                "-infinity");
    }

    static CodecSamples timestamptz() {
        return literals(
                "timestamptz",
                "2000-01-01 00:00:00+00",
                "1999-12-31 23:59:59.999999+00",
                "1970-01-01 00:00:00+00",
                "1969-12-31 23:59:59.5+00",
                "1850-06-01 12:00:00+00",
                "1972-01-07 12:00:00.25+00",
                "2024-03-31 01:00:00+00",
                "2024-07-01 12:34:56.7+05:30",
                "2024-10-27 00:30:00+00",
                "0001-01-01 00:00:00+00",
                "0001-12-31 23:59:59.999999+00 BC",
                "0044-03-15 12:00:00.000001+00 BC",
                "10000-01-01 00:00:00+00",
                "294276-12-31 23:59:59.999999+00",
                "4714-11-24 00:00:00+00 BC",
                "infinity",
                "-infinity");
    }

    private static CodecSamples documents(String type) {
        return literals(
                type,
                "{}",
                "[]",
                "null",
                "true",
                "\"\"",
                "0",
                "1.10",
                "1E400",
                "\"gr\u00fc\u00df \ud83d\ude00\"",
                "\"\\u20ac \\\" \\\\ \\n\"",
                " { \"b\" : 1 , \"a\" : [ 1, 2 ] , \"b\" : 2 } ");
    }

    private static CodecSamples textOnly(String type, String... literals) {
        return new CodecSamples(type, false, literals(type, literals).expressions());
    }

    /** Returns samples that are read in binary: the literals and NULL. */
    private static CodecSamples literals(String type, String... literals) {
        Stream<String> values = Stream.of(literals).map(literal -> "'" + literal.replace("'", "''") + "'::" + type);
        return new CodecSamples(
                type, true, Stream.concat(values, Stream.of("null::" + type)).toList());
    }

    /** Whether the driver reads the type in binary in the zone of this JVM: only where a timestamptz has one offset. */
    boolean isBinary() {
        return binary
                && (!type.equals("timestamptz")
                        || ZoneId.systemDefault().getRules().isFixedOffset());
    }

    private CodecSamples with(String expression) {
        return new CodecSamples(
                type,
                binary,
                Stream.concat(expressions.stream(), Stream.of(expression)).toList());
    }

    @Override
    public String toString() {
        return type;
    }
}
