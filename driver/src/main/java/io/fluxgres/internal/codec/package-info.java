/**
 * The built-in codecs, one file a family of types, and the registry that asks them after those of the user.
 *
 * <p>A {@link io.fluxgres.internal.codec.TypeCodec} is a table of decoders and encoders for one type, in which each
 * class has an entry for both formats; so what a codec answers cannot depend on the format.
 */
@NullMarked
package io.fluxgres.internal.codec;

import org.jspecify.annotations.NullMarked;
