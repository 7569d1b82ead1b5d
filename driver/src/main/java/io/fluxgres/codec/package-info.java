/**
 * The SPI between the driver and the values of columns and parameters: types, formats, decoders and encoders.
 *
 * <p>A {@link io.fluxgres.codec.Codec} is asked once per statement with (type, format, class) and answers with a
 * {@link io.fluxgres.codec.Decoder} or {@link io.fluxgres.codec.Encoder}; only those two run once per value.
 */
@NullMarked
package io.fluxgres.codec;

import org.jspecify.annotations.NullMarked;
