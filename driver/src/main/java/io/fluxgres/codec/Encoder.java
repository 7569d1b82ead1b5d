package io.fluxgres.codec;

import io.netty.buffer.ByteBuf;

/**
 * Writes values of one class as a parameter of one type in one format.
 *
 * <p>An encoder is stateless and may be used by any thread. It appends the bytes of the value, without a length in front,
 * at the buffer's writer index; it neither reads nor keeps the buffer. It is not called for null.
 *
 * @param <T> the class of the values
 */
@FunctionalInterface
public interface Encoder<T> {

    /**
     * Appends {@code value} to {@code out}.
     *
     * @throws CodecException if the type cannot hold the value; what was written before is discarded by the caller
     */
    void encode(T value, ByteBuf out);
}
