package io.fluxgres.codec;

import io.netty.buffer.ByteBuf;

/**
 * Turns the bytes of a column into a value of one class.
 *
 * <p>A decoder is stateless: it is resolved once and used for every row, by any thread. It reads only
 * {@code [index, index + length)}, with absolute accessors: it neither moves the buffer's indices nor keeps the buffer,
 * and the value returned never aliases it. It is not called for NULL. Bytes that are not a value of the type, or a value
 * that the class cannot hold exactly, are a {@link CodecException}.
 *
 * <p>The nested interfaces decode primitives without boxing; a codec answers with them when it is asked with the
 * primitive class ({@code int.class}).
 *
 * @param <T> the class of the values
 */
@FunctionalInterface
public interface Decoder<T> {

    /**
     * Returns the value encoded in {@code length} bytes of {@code buffer} from {@code index} on.
     *
     * @throws CodecException if the bytes are not a value of the type or the value does not fit the class
     */
    T decode(ByteBuf buffer, int index, int length);

    /** Decodes to {@code boolean}. */
    @FunctionalInterface
    interface OfBoolean extends Decoder<Boolean> {

        /** As {@link Decoder#decode}, without boxing. */
        boolean decodeBoolean(ByteBuf buffer, int index, int length);

        @Override
        default Boolean decode(ByteBuf buffer, int index, int length) {
            return decodeBoolean(buffer, index, length);
        }
    }

    /** Decodes to {@code int}. */
    @FunctionalInterface
    interface OfInt extends Decoder<Integer> {

        /** As {@link Decoder#decode}, without boxing. */
        int decodeInt(ByteBuf buffer, int index, int length);

        @Override
        default Integer decode(ByteBuf buffer, int index, int length) {
            return decodeInt(buffer, index, length);
        }
    }

    /** Decodes to {@code long}. */
    @FunctionalInterface
    interface OfLong extends Decoder<Long> {

        /** As {@link Decoder#decode}, without boxing. */
        long decodeLong(ByteBuf buffer, int index, int length);

        @Override
        default Long decode(ByteBuf buffer, int index, int length) {
            return decodeLong(buffer, index, length);
        }
    }

    /** Decodes to {@code double}. */
    @FunctionalInterface
    interface OfDouble extends Decoder<Double> {

        /** As {@link Decoder#decode}, without boxing. */
        double decodeDouble(ByteBuf buffer, int index, int length);

        @Override
        default Double decode(ByteBuf buffer, int index, int length) {
            return decodeDouble(buffer, index, length);
        }
    }
}
