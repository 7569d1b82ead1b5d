package io.fluxgres.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.DateTimeException;
import java.time.MonthDay;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The types that are text: {@code text}, {@code varchar}, {@code bpchar} (with its trailing blanks), {@code name} and
 * {@code unknown}, UTF-8 in both formats; and {@code "char"}, a single byte in binary.
 *
 * <p>A {@code byte[]} is the text in UTF-8. A {@code Character} stands for text of exactly one UTF-16 unit. A
 * {@code MonthDay}, a {@code YearMonth}, a {@code ZoneId}, a {@code URI} and a {@code URL} are what they print. Numbers are not
 * read out of text.
 */
final class TextCodecs {

    private TextCodecs() {}

    static List<Codec> all() {
        Stream<Codec> utf8 = Stream.of(PgType.TEXT, PgType.BPCHAR, PgType.NAME, BuiltinTypes.UNKNOWN)
                .map(type -> text(type).build());
        return Stream.concat(
                        Stream.of(text(PgType.VARCHAR)
                                .parameters(
                                        CharSequence.class,
                                        Character.class,
                                        MonthDay.class,
                                        YearMonth.class,
                                        ZoneId.class,
                                        URI.class,
                                        URL.class)
                                .build()),
                        Stream.concat(utf8, Stream.of(singleByte())))
                .toList();
    }

    private static TypeCodec.Builder text(PgType type) {
        TypeCodec.Builder builder = TypeCodec.of(type);
        printed(builder, MonthDay.class, MonthDay::parse);
        printed(builder, YearMonth.class, YearMonth::parse);
        printed(builder, ZoneId.class, ZoneId::of);
        printed(builder, URI.class, URI::create);
        printed(builder, URL.class, TextCodecs::url);
        return builder.decode(Object.class, Utf8::readString, Utf8::readString)
                .decode(String.class, Utf8::readString, Utf8::readString)
                .decode(CharSequence.class, Utf8::readString, Utf8::readString)
                .decode(byte[].class, Utf8::readBytes, Utf8::readBytes)
                .decode(Character.class, character(Utf8::readString), character(Utf8::readString))
                .encode(CharSequence.class, Utf8::write, Utf8::write)
                .encode(Character.class, TextCodecs::writeCharacter, TextCodecs::writeCharacter)
                .encode(byte[].class, (value, out) -> out.writeBytes(value), (value, out) -> out.writeBytes(value));
    }

    /** Adds a class whose values are what they print. */
    private static <T> void printed(TypeCodec.Builder builder, Class<T> type, Function<String, T> parse) {
        Decoder<T> decoder = (buffer, index, length) -> {
            String text = Utf8.readString(buffer, index, length);
            try {
                return parse.apply(text);
            } catch (DateTimeException | IllegalArgumentException e) {
                // the message of the cause would show the value
                throw new CodecException("the text is not one of this class");
            }
        };
        Encoder<T> encoder = (value, out) -> Utf8.write(value.toString(), out);
        builder.decode(type, decoder, decoder).encode(type, encoder, encoder);
    }

    private static URL url(String text) {
        try {
            return URI.create(text).toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Decoder<Character> character(Decoder<String> source) {
        return (buffer, index, length) -> {
            String text = source.decode(buffer, index, length);
            if (text.length() != 1) {
                throw new CodecException("the text is not exactly one char");
            }
            return text.charAt(0);
        };
    }

    private static void writeCharacter(Character value, ByteBuf out) {
        Utf8.write(value.toString(), out);
    }

    /**
     * {@code "char"}: the server's text is empty for the byte 0, the character of an ASCII byte, and {@code \ooo} for
     * the others.
     */
    private static Codec singleByte() {
        return TypeCodec.of(PgType.CHAR)
                .decode(Object.class, Utf8::readString, TextCodecs::readByte)
                .decode(String.class, Utf8::readString, TextCodecs::readByte)
                .decode(CharSequence.class, Utf8::readString, TextCodecs::readByte)
                .decode(
                        byte[].class,
                        Utf8::readBytes,
                        (buffer, index, length) ->
                                readByte(buffer, index, length).getBytes(UTF_8))
                .decode(Character.class, character(Utf8::readString), character(TextCodecs::readByte))
                .encode(
                        CharSequence.class,
                        (value, out) -> FieldBytes.writeAscii(textOf(byteOf(value)), out),
                        (value, out) -> out.writeByte(byteOf(value)))
                .encode(
                        Character.class,
                        (value, out) -> FieldBytes.writeAscii(textOf(byteOf(value.toString())), out),
                        (value, out) -> out.writeByte(byteOf(value.toString())))
                .build();
    }

    private static String readByte(ByteBuf buffer, int index, int length) {
        if (length != 1) {
            throw FieldBytes.wrongLength(PgType.CHAR, length, 1);
        }
        return textOf(buffer.getByte(index));
    }

    private static String textOf(int value) {
        if (value == 0) {
            return "";
        } else if (value > 0) {
            return String.valueOf((char) value);
        }
        return "\\" + Integer.toOctalString(value & 0xFF);
    }

    private static int byteOf(CharSequence text) {
        if (text.length() == 0) {
            return 0;
        } else if (text.length() == 1 && text.charAt(0) > 0 && text.charAt(0) < 0x80) {
            return text.charAt(0);
        }
        int value = text.length() == 4 && text.charAt(0) == '\\' ? octal(text) : 0;
        if (value < 0x80) {
            throw new CodecException("the string is not a single ASCII character, which \"char\" holds");
        }
        return (byte) value;
    }

    private static int octal(CharSequence escaped) {
        int value = 0;
        for (int i = 1; i < escaped.length(); i++) {
            int digit = escaped.charAt(i) - '0';
            if (digit < 0 || digit > 7) {
                return 0;
            }
            value = value * 8 + digit;
        }
        return value > 0xFF ? 0 : value;
    }
}
