package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The codecs of a connection factory in the order in which they are asked: the user's, then the built-in ones.
 *
 * <p>Immutable and usable by any thread. A look-up asks the codecs one by one; callers keep the answer with the
 * statement.
 */
public final class CodecRegistry {

    private final List<Codec> codecs;

    private CodecRegistry(List<Codec> codecs) {
        this.codecs = codecs;
    }

    /** Returns a registry that asks {@code userCodecs} in their order before the built-in codecs. */
    public static CodecRegistry of(List<Codec> userCodecs) {
        List<Codec> codecs = new ArrayList<>(userCodecs);
        codecs.addAll(BuiltinCodecs.all());
        return new CodecRegistry(List.copyOf(codecs));
    }

    /** Returns the decoder of the first codec that has one, or null if none does. */
    public <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> asked, CodecContext context) {
        for (Codec codec : codecs) {
            Decoder<T> decoder = codec.decoder(type, format, asked, context);
            if (decoder != null) {
                return decoder;
            }
        }
        return null;
    }

    /** Returns the encoder of the first codec that has one, or null if none does. */
    public <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass, CodecContext context) {
        for (Codec codec : codecs) {
            Encoder<T> encoder = codec.encoder(type, format, valueClass, context);
            if (encoder != null) {
                return encoder;
            }
        }
        return null;
    }

    /** Returns the type that parameters of {@code valueClass} are declared as, or null if no codec knows the class. */
    public @Nullable PgType parameterType(Class<?> valueClass) {
        for (Codec codec : codecs) {
            PgType type = codec.parameterType(valueClass);
            if (type != null) {
                return type;
            }
        }
        return null;
    }

    /**
     * Tells whether columns of {@code type} may be asked for in binary: whether the codec that decodes them to
     * {@code Object} in text does so in binary too.
     *
     * <p>A binary decoder behind a codec that knows the type in text only does not count, because the value would then
     * depend on the format.
     */
    public boolean hasBinary(PgType type, CodecContext context) {
        for (Codec codec : codecs) {
            if (codec.decoder(type, Format.TEXT, Object.class, context) != null) {
                return codec.decoder(type, Format.BINARY, Object.class, context) != null;
            }
        }
        return false;
    }
}
