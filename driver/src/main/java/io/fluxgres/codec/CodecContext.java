package io.fluxgres.codec;

import org.jspecify.annotations.Nullable;

/**
 * What a codec may ask while it resolves a decoder or an encoder: other codecs, for the elements of arrays, ranges and
 * composites, and facts of the session.
 *
 * <p>A decoder that depends on a server parameter is resolved again after the server reported a change of it.
 */
public interface CodecContext {

    /** Returns the decoder of the first codec that has one, or null if none does. */
    <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> asked);

    /** Returns the encoder of the first codec that has one, or null if none does. */
    <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass);

    /** Returns the type with the given OID; of kind {@link PgType.Kind#UNKNOWN} if the catalog has not told of it yet. */
    PgType type(int oid);

    /** Returns a parameter that the server reported, such as {@code IntervalStyle}, or null if it has not. */
    @Nullable String serverParameter(String name);
}
