package io.fluxgres.internal.statement;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.codec.BuiltinTypes;
import io.fluxgres.internal.codec.CodecRegistry;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The codecs of a factory with what a session's parameters were at one moment. Immutable: values that came while it held are
 * read by it also when they are read later.
 */
record SessionContext(CodecRegistry registry, Map<String, String> serverParameters) implements CodecContext {

    @Override
    public <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> asked) {
        return registry.decoder(type, format, asked, this);
    }

    @Override
    public <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass) {
        return registry.encoder(type, format, valueClass, this);
    }

    @Override
    public PgType type(int oid) {
        PgType type = BuiltinTypes.find(oid);
        return type != null ? type : PgType.unknown(oid);
    }

    @Override
    public @Nullable String serverParameter(String name) {
        return serverParameters.get(name);
    }

    /** Whether values of a type can be read in binary. */
    boolean hasBinary(PgType type) {
        return registry.hasBinary(type, this);
    }
}
