package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import org.jspecify.annotations.Nullable;

/**
 * Reads types that no other codec knows as the server's text, and sends strings as the text of any type.
 *
 * <p>A type that another codec decodes in binary is left to that codec, so that what it refuses as a string is refused
 * in both formats. Arrays are read as {@code String} alone.
 */
final class FallbackCodec implements Codec {

    private static final Decoder<String> TEXT = Utf8::readString;
    private static final Encoder<CharSequence> CHARACTERS = Utf8::write;

    @Override
    @SuppressWarnings("unchecked") // a String is a T by the test
    public <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> asked, CodecContext context) {
        if (format != Format.TEXT
                || !asked.isAssignableFrom(String.class)
                || (asked != String.class && isArray(type))
                || context.decoder(type, Format.BINARY, Object.class) != null) {
            return null;
        }
        return (Decoder<T>) TEXT;
    }

    /** Its text is given to those only who ask for it: {@code {a,"b,c"}} as the value of a column would be taken for its items. */
    private static boolean isArray(PgType type) {
        return type.kind() == PgType.Kind.ARRAY || type.equals(BuiltinTypes.ANYARRAY);
    }

    @Override
    @SuppressWarnings("unchecked") // a T is a CharSequence by the test
    public <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass, CodecContext context) {
        if (format != Format.TEXT || !CharSequence.class.isAssignableFrom(valueClass)) {
            return null;
        }
        return (Encoder<T>) CHARACTERS;
    }
}
