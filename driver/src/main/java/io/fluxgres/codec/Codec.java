package io.fluxgres.codec;

import org.jspecify.annotations.Nullable;

/**
 * A family of conversions between types of the server and classes.
 *
 * <p>Codecs are asked in order, those of the user first; the first answer that is not null is taken. A codec is asked
 * when a statement is resolved, not for each value. It is immutable and may be used by any thread.
 *
 * <p>Rules that keep results independent of the format, which differs between the first execution of a statement and
 * later ones:
 *
 * <ul>
 *   <li>text must be decodable for each type; binary is optional;
 *   <li>a codec that decodes a type in binary to {@code Object} decodes it in binary to every class that it decodes in
 *       text, and to equal values; if that takes a certain value of a server parameter, it decodes to {@code Object} in
 *       binary only while the parameter has that value, and not while it is not known;
 *   <li>{@code String} is answered only where the result is exactly the server's text in both formats.
 * </ul>
 */
public interface Codec {

    /**
     * Returns the decoder of {@code type} in {@code format} to {@code asked}, or null if this codec has none.
     *
     * @param asked the class the caller wants; a primitive class asks for one of the primitive decoders, {@code Object}
     *     for the type's natural class
     * @throws CodecException if nobody is to decode the type to that class; the message says what to ask for instead
     */
    <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> asked, CodecContext context);

    /** Returns the encoder of values of {@code valueClass} as {@code type} in {@code format}, or null if there is none. */
    <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass, CodecContext context);

    /** Returns the type that a parameter of {@code valueClass} is declared as if none was named, or null for no opinion. */
    default @Nullable PgType parameterType(Class<?> valueClass) {
        return null;
    }
}
