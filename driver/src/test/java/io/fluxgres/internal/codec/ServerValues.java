package io.fluxgres.internal.codec;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values as PostgreSQL 18 writes them in both formats, taken from a server: its text and what the type's send function
 * gives.
 */
final class ServerValues {

    /** One value; of {@code timestamptz} the text may be that of any session time zone. */
    record Sample(PgType type, String text, String hex) {

        private static final Pattern OFFSET = Pattern.compile("([-+])(\\d\\d(?::\\d\\d)*)(?: BC)?$");

        /** Returns the context of a session in whose zone the server wrote the text: the one offset there is in it. */
        CodecContext context() {
            Matcher offset = OFFSET.matcher(text);
            boolean shown = type.equals(PgType.TIMESTAMPTZ) && offset.find();
            return shown
                    ? CodecFixture.inZone("<zone>" + (offset.group(1).equals("+") ? "-" : "+") + offset.group(2))
                    : CodecFixture.CONTEXT;
        }

        byte[] field(Format format) {
            return format == Format.TEXT
                    ? text.getBytes(StandardCharsets.UTF_8)
                    : HexFormat.of().parseHex(hex);
        }

        @Override
        public String toString() {
            return type + " " + text;
        }
    }

    static final List<Sample> ALL = List.of(
            sample(PgType.BOOL, "t", "01"),
            sample(PgType.BOOL, "f", "00"),
            sample(PgType.INT2, "0", "0000"),
            sample(PgType.INT2, "1", "0001"),
            sample(PgType.INT2, "-1", "ffff"),
            sample(PgType.INT2, "127", "007f"),
            sample(PgType.INT2, "128", "0080"),
            sample(PgType.INT2, "-128", "ff80"),
            sample(PgType.INT2, "-129", "ff7f"),
            sample(PgType.INT2, "32767", "7fff"),
            sample(PgType.INT2, "-32768", "8000"),
            sample(PgType.INT4, "0", "00000000"),
            sample(PgType.INT4, "1", "00000001"),
            sample(PgType.INT4, "-1", "ffffffff"),
            sample(PgType.INT4, "10", "0000000a"),
            sample(PgType.INT4, "32768", "00008000"),
            sample(PgType.INT4, "-32769", "ffff7fff"),
            sample(PgType.INT4, "16777217", "01000001"),
            sample(PgType.INT4, "2147483647", "7fffffff"),
            sample(PgType.INT4, "-2147483648", "80000000"),
            sample(PgType.INT8, "0", "0000000000000000"),
            sample(PgType.INT8, "7", "0000000000000007"),
            sample(PgType.INT8, "-1", "ffffffffffffffff"),
            sample(PgType.INT8, "2147483648", "0000000080000000"),
            sample(PgType.INT8, "-2147483649", "ffffffff7fffffff"),
            sample(PgType.INT8, "9007199254740993", "0020000000000001"),
            sample(PgType.INT8, "-9007199254740992", "ffe0000000000000"),
            sample(PgType.INT8, "9223372036854775807", "7fffffffffffffff"),
            sample(PgType.INT8, "-9223372036854775808", "8000000000000000"),
            sample(PgType.OID, "0", "00000000"),
            sample(PgType.OID, "1", "00000001"),
            sample(PgType.OID, "2147483648", "80000000"),
            sample(PgType.OID, "4294967295", "ffffffff"),
            sample(PgType.FLOAT4, "0", "00000000"),
            sample(PgType.FLOAT4, "-0", "80000000"),
            sample(PgType.FLOAT4, "1", "3f800000"),
            sample(PgType.FLOAT4, "-1.5", "bfc00000"),
            sample(PgType.FLOAT4, "0.1", "3dcccccd"),
            sample(PgType.FLOAT4, "1.6777216e+07", "4b800000"),
            sample(PgType.FLOAT4, "3.4028235e+38", "7f7fffff"),
            sample(PgType.FLOAT4, "1e-45", "00000001"),
            sample(PgType.FLOAT4, "1.1754944e-38", "00800000"),
            sample(PgType.FLOAT4, "8.5e+11", "5345e7f3"),
            sample(PgType.FLOAT4, "0.33333334", "3eaaaaab"),
            sample(PgType.FLOAT4, "123456.79", "47f12065"),
            sample(PgType.FLOAT4, "NaN", "7fc00000"),
            sample(PgType.FLOAT4, "Infinity", "7f800000"),
            sample(PgType.FLOAT4, "-Infinity", "ff800000"),
            sample(PgType.FLOAT8, "0", "0000000000000000"),
            sample(PgType.FLOAT8, "-0", "8000000000000000"),
            sample(PgType.FLOAT8, "1", "3ff0000000000000"),
            sample(PgType.FLOAT8, "-1.5", "bff8000000000000"),
            sample(PgType.FLOAT8, "0.1", "3fb999999999999a"),
            sample(PgType.FLOAT8, "100", "4059000000000000"),
            sample(PgType.FLOAT8, "9.999999999999999e+22", "44b52d02c7e14af6"),
            sample(PgType.FLOAT8, "9.007199254740992e+15", "4340000000000000"),
            sample(PgType.FLOAT8, "1.7976931348623157e+308", "7fefffffffffffff"),
            sample(PgType.FLOAT8, "5e-324", "0000000000000001"),
            sample(PgType.FLOAT8, "2.2250738585072014e-308", "0010000000000000"),
            sample(PgType.FLOAT8, "0.30000000000000004", "3fd3333333333334"),
            sample(PgType.FLOAT8, "123456789.123", "419d6f34547df3b6"),
            sample(PgType.FLOAT8, "1e+15", "430c6bf526340000"),
            sample(PgType.FLOAT8, "1.2345678901234567e+19", "43e56a95319d63e1"),
            sample(PgType.FLOAT8, "NaN", "7ff8000000000000"),
            sample(PgType.FLOAT8, "Infinity", "7ff0000000000000"),
            sample(PgType.FLOAT8, "-Infinity", "fff0000000000000"),
            sample(PgType.NUMERIC, "0", "0000000000000000"),
            sample(PgType.NUMERIC, "0.00", "0000000000000002"),
            sample(PgType.NUMERIC, "1", "00010000000000000001"),
            sample(PgType.NUMERIC, "-1", "00010000400000000001"),
            sample(PgType.NUMERIC, "10000", "00010001000000000001"),
            sample(PgType.NUMERIC, "9999", "0001000000000000270f"),
            sample(PgType.NUMERIC, "10", "0001000000000000000a"),
            sample(PgType.NUMERIC, "1.5", "000200000000000100011388"),
            sample(PgType.NUMERIC, "-0.5", "0001ffff400000011388"),
            sample(PgType.NUMERIC, "0.0001", "0001ffff000000040001"),
            sample(PgType.NUMERIC, "0.00010", "0001ffff000000050001"),
            sample(PgType.NUMERIC, "0.00001", "0001fffe0000000503e8"),
            sample(PgType.NUMERIC, "123.4500", "0002000000000004007b1194"),
            sample(PgType.NUMERIC, "12345.67", "0003000100000002000109291a2c"),
            sample(
                    PgType.NUMERIC,
                    "-98765432109876543210.0123456789",
                    "000800044000000a26941538044a1de60c8a007b11d722c4"),
            sample(PgType.NUMERIC, "9223372036854775807", "0005000400000000039a0d2c0170156516af"),
            sample(PgType.NUMERIC, "9223372036854775808", "0005000400000000039a0d2c0170156516b0"),
            sample(PgType.NUMERIC, "-9223372036854775808", "0005000440000000039a0d2c0170156516b0"),
            sample(PgType.NUMERIC, "999999999999999999", "00050004000000000063270f270f270f270f"),
            sample(PgType.NUMERIC, "100000000000000000000000000000000000000", "00010009000000000064"),
            sample(PgType.NUMERIC, "0.00000000000000000001", "0001fffb000000140001"),
            sample(PgType.NUMERIC, "1000000000000000000000000000000", "00010007000000000064"),
            sample(PgType.NUMERIC, "12345678901234.5678", "0005000300000004000c0d801ed204d2162e"),
            sample(PgType.NUMERIC, "0.000000000000000000000000000001", "0001fff80000001e0064"),
            sample(PgType.NUMERIC, "NaN", "00000000c0000000"),
            sample(PgType.NUMERIC, "Infinity", "00000000d0000020"),
            sample(PgType.NUMERIC, "-Infinity", "00000000f0000020"),
            sample(PgType.TEXT, "", ""),
            sample(PgType.TEXT, "a", "61"),
            sample(PgType.TEXT, "abcdefgh", "6162636465666768"),
            sample(PgType.TEXT, "abcdefghi", "616263646566676869"),
            sample(PgType.TEXT, "Grüße", "4772c3bcc39f65"),
            sample(PgType.TEXT, "日本語", "e697a5e69cace8aa9e"),
            sample(PgType.TEXT, "😀", "f09f9880"),
            sample(PgType.TEXT, "a😀b", "61f09f988062"),
            sample(PgType.TEXT, "tab\tnew", "746162096e6577"),
            sample(PgType.TEXT, "NaN", "4e614e"),
            sample(PgType.VARCHAR, "", ""),
            sample(PgType.VARCHAR, "x", "78"),
            sample(PgType.VARCHAR, "é", "c3a9"),
            sample(PgType.BPCHAR, "", ""),
            sample(PgType.BPCHAR, "ab  ", "61622020"),
            sample(PgType.NAME, "", ""),
            sample(PgType.NAME, "pg_class", "70675f636c617373"),
            sample(PgType.NAME, "größe", "6772c3b6c39f65"),
            sample(PgType.CHAR, "", "00"),
            sample(PgType.CHAR, "a", "61"),
            sample(PgType.CHAR, "~", "7e"),
            sample(PgType.CHAR, "\\200", "80"),
            sample(PgType.CHAR, "\\377", "ff"),
            sample(PgType.BYTEA, "\\x", ""),
            sample(PgType.BYTEA, "\\x00", "00"),
            sample(PgType.BYTEA, "\\x5c", "5c"),
            sample(PgType.BYTEA, "\\xdeadbeef", "deadbeef"),
            sample(PgType.BYTEA, "\\x000102feff", "000102feff"),
            sample(PgType.UUID, "00000000-0000-0000-0000-000000000000", "00000000000000000000000000000000"),
            sample(PgType.UUID, "ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffffffffffffffffffffffffffff"),
            sample(PgType.UUID, "0190a6b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1", "0190a6b27c3d7e4f8a5b6c7d8e9fa0b1"),
            sample(PgType.DATE, "2000-01-01", "00000000"),
            sample(PgType.DATE, "1999-12-31", "ffffffff"),
            sample(PgType.DATE, "1970-01-01", "ffffd533"),
            sample(PgType.DATE, "2024-02-29", "00002279"),
            sample(PgType.DATE, "1900-02-28", "ffff718e"),
            sample(PgType.DATE, "0001-01-01", "fff4dbf9"),
            sample(PgType.DATE, "0001-12-31 BC", "fff4dbf8"),
            sample(PgType.DATE, "0044-03-15 BC", "fff49d7b"),
            sample(PgType.DATE, "0005-02-29 BC", "fff4d511"),
            sample(PgType.DATE, "4714-11-24 BC", "ffda97a7"),
            sample(PgType.DATE, "10000-01-01", "002c95d4"),
            sample(PgType.DATE, "5874897-12-31", "7fda970c"),
            sample(PgType.DATE, "infinity", "7fffffff"),
            sample(PgType.DATE, "-infinity", "80000000"),
            sample(PgType.TIME, "00:00:00", "0000000000000000"),
            sample(PgType.TIME, "00:00:00.000001", "0000000000000001"),
            sample(PgType.TIME, "12:34:56", "0000000a8bda1c00"),
            sample(PgType.TIME, "12:34:56.7", "0000000a8be4ca60"),
            sample(PgType.TIME, "23:59:59.999999", "000000141dd75fff"),
            sample(PgType.TIME, "01:02:03.04", "00000000dde91500"),
            sample(PgType.TIME, "24:00:00", "000000141dd76000"),
            sample(PgType.TIMESTAMP, "2000-01-01 00:00:00", "0000000000000000"),
            sample(PgType.TIMESTAMP, "1999-12-31 23:59:59.999999", "ffffffffffffffff"),
            sample(PgType.TIMESTAMP, "1970-01-01 00:00:00", "fffca2fec4c82000"),
            sample(PgType.TIMESTAMP, "2024-01-02 03:04:05.678", "0002b0ec85204bb0"),
            sample(PgType.TIMESTAMP, "0044-03-15 12:00:00 BC", "ff1af9e8fb46d000"),
            sample(PgType.TIMESTAMP, "0001-01-01 00:00:00", "ff1fe2ffc59c6000"),
            sample(PgType.TIMESTAMP, "0001-12-31 23:59:59.5 BC", "ff1fe2ffc594bee0"),
            sample(PgType.TIMESTAMP, "4714-11-24 00:00:00 BC", "fd0f7cc1411fa000"),
            sample(PgType.TIMESTAMP, "10000-01-01 00:00:00", "0380e70b913b8000"),
            sample(PgType.TIMESTAMP, "294276-12-31 23:59:59.999999", "7fffff5bb3b29fff"),
            sample(PgType.TIMESTAMP, "infinity", "7fffffffffffffff"),
            sample(PgType.TIMESTAMP, "-infinity", "8000000000000000"),
            sample(PgType.TIMESTAMPTZ, "2000-01-01 00:00:00+00", "0000000000000000"),
            sample(PgType.TIMESTAMPTZ, "1999-12-31 23:59:59.999999+00", "ffffffffffffffff"),
            sample(PgType.TIMESTAMPTZ, "2024-01-02 03:04:05.678+00", "0002b0ec85204bb0"),
            sample(PgType.TIMESTAMPTZ, "0044-03-15 12:00:00+00 BC", "ff1af9e8fb46d000"),
            sample(PgType.TIMESTAMPTZ, "4714-11-24 00:00:00+00 BC", "fd0f7cc1411fa000"),
            sample(PgType.TIMESTAMPTZ, "294276-12-31 23:59:59.999999+00", "7fffff5bb3b29fff"),
            sample(PgType.TIMESTAMPTZ, "infinity", "7fffffffffffffff"),
            sample(PgType.TIMESTAMPTZ, "-infinity", "8000000000000000"),
            sample(PgType.JSON, "{}", "7b7d"),
            sample(PgType.JSON, "{\"a\": [1, 2.50, \"é\"]}", "7b2261223a205b312c20322e35302c2022c3a9225d7d"),
            sample(PgType.JSON, "null", "6e756c6c"),
            sample(PgType.JSON, "\"x\"", "227822"),
            sample(PgType.JSONB, "{}", "017b7d"),
            sample(PgType.JSONB, "{\"a\": [1, 2.50, \"é\"]}", "017b2261223a205b312c20322e35302c2022c3a9225d7d"),
            sample(PgType.JSONB, "null", "016e756c6c"),
            sample(PgType.JSONB, "\"x\"", "01227822"),
            sample(PgType.TIMESTAMPTZ, "2024-07-01 08:00:00.25-04", "0002bf2d1af70090"),
            sample(PgType.TIMESTAMPTZ, "1799-12-31 19:03:58-04:56:02", "ffe993dcf8170000"),
            sample(PgType.TIMESTAMPTZ, "0044-03-15 07:03:58-04:56:02 BC", "ff1af9e8fb46d000"),
            sample(PgType.TIMESTAMPTZ, "294276-12-31 18:59:59-05", "7fffff5bb3a35dc0"),
            sample(PgType.TIMESTAMPTZ, "4714-11-24 18:03:58-04:56:02 BC", "fd0f7cd488635c00"),
            sample(PgType.TIMESTAMPTZ, "2024-07-01 17:30:00.25+05:30", "0002bf2d1af70090"),
            sample(PgType.TIMESTAMPTZ, "1800-01-01 05:53:28+05:53:28", "ffe993dcf8170000"),
            sample(PgType.TIMESTAMPTZ, "0044-03-15 17:53:28+05:53:28 BC", "ff1af9e8fb46d000"),
            sample(PgType.TIMESTAMPTZ, "294277-01-01 05:29:59+05:30", "7fffff5bb3a35dc0"),
            sample(PgType.TIMESTAMPTZ, "4714-11-25 04:53:28+05:53:28 BC", "fd0f7cd488635c00"),
            sample(PgType.TIMESTAMPTZ, "2024-07-01 14:00:00.25+02", "0002bf2d1af70090"),
            sample(PgType.TIMESTAMPTZ, "1800-01-01 00:17:30+00:17:30", "ffe993dcf8170000"),
            sample(PgType.TIMESTAMPTZ, "0044-03-15 12:17:30+00:17:30 BC", "ff1af9e8fb46d000"),
            sample(PgType.TIMESTAMPTZ, "294277-01-01 00:59:59+01", "7fffff5bb3a35dc0"),
            sample(PgType.TIMESTAMPTZ, "4714-11-24 23:17:30+00:17:30 BC", "fd0f7cd488635c00"),
            sample(PgType.TIMESTAMPTZ, "2024-07-01 04:00:00.25-08", "0002bf2d1af70090"),
            sample(PgType.TIMESTAMPTZ, "1800-01-01 15:02:19+15:02:19", "ffe993dcf8170000"),
            sample(PgType.TIMESTAMPTZ, "0044-03-16 03:02:19+15:02:19 BC", "ff1af9e8fb46d000"),
            sample(PgType.TIMESTAMPTZ, "294276-12-31 14:59:59-09", "7fffff5bb3a35dc0"),
            sample(PgType.TIMESTAMPTZ, "4714-11-25 14:02:19+15:02:19 BC", "fd0f7cd488635c00"));

    private ServerValues() {}

    private static Sample sample(PgType type, String text, String hex) {
        return new Sample(type, text, hex);
    }
}
