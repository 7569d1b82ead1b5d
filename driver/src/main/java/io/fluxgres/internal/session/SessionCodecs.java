package io.fluxgres.internal.session;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.codec.BuiltinTypes;
import io.fluxgres.internal.codec.CodecRegistry;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The codecs of a factory with the facts of one session. May be used by any thread. */
final class SessionCodecs implements CodecContext {

    private final CodecRegistry registry;
    private final Map<String, String> serverParameters;
    private final String stringType;

    SessionCodecs(CodecRegistry registry, String stringType, Map<String, String> serverParameters) {
        this.stringType = stringType;
        this.registry = registry;
        this.serverParameters = serverParameters;
    }

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

    /** Returns the type that a parameter of a class is declared as, or null if no codec knows the class. */
    @Nullable PgType parameterType(Class<?> valueClass) {
        return registry.parameterType(valueClass);
    }

    /** Returns the type that a string is declared as if none was named. */
    PgType stringType() {
        return switch (stringType) {
            case "text" -> PgType.TEXT;
            case "untyped" -> PgType.UNSPECIFIED;
            default -> PgType.VARCHAR;
        };
    }

    /** Whether the types of strings may be left to the server where it refuses that declaration. */
    boolean mayInferStrings() {
        return stringType.equals("auto");
    }

    /** Whether values of a type can be read in binary. */
    boolean hasBinary(PgType type) {
        return registry.hasBinary(type, this);
    }
}
