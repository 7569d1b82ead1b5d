package io.fluxgres.internal.statement;

import io.fluxgres.PgStringType;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.codec.CodecRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The codecs of a factory with the facts of one session. May be used by any thread. */
public final class SessionCodecs {

    /** Beyond these, classes are resolved for each value: an application that makes classes would fill the memory. */
    private static final int MAXIMUM_ENCODINGS = 64;

    private final CodecRegistry registry;
    private final Map<String, String> serverParameters;
    /** As if the server had reported nothing: what can be read in binary whatever the parameters are. */
    private final SessionContext anyContext;

    private final PgStringType stringType;
    /** As of the latest report of the server. */
    private volatile SessionContext context;

    /**
     * How values are sent whose type nobody declared, for every bind would ask many codecs. Replaced when a server parameter
     * changes, so that what was resolved by the former one is not kept.
     */
    private volatile Map<Class<?>, ParameterEncoding> parameterEncodings = new ConcurrentHashMap<>();

    public SessionCodecs(CodecRegistry registry, PgStringType stringType, Map<String, String> serverParameters) {
        this.stringType = stringType;
        this.registry = registry;
        this.serverParameters = serverParameters;
        this.anyContext = new SessionContext(registry, Map.of());
        this.context = new SessionContext(registry, Map.copyOf(serverParameters));
    }

    /** A server parameter has changed, on which codecs may depend. */
    public void onServerParameter() {
        context = new SessionContext(registry, Map.copyOf(serverParameters));
        parameterEncodings = new ConcurrentHashMap<>();
    }

    /** Returns the context in which what arrives now is to be read. */
    SessionContext context() {
        return context;
    }

    /** Returns the encoder of the first codec that has one, or null if none does. */
    <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass) {
        return context.encoder(type, format, valueClass);
    }

    /** Returns how values of a class are sent if no type was named, or null if no codec writes them. */
    @Nullable ParameterEncoding parameterEncoding(Class<?> valueClass) {
        // read ahead of the server parameters: if they change meanwhile, the answer goes into the map that was given up
        Map<Class<?>, ParameterEncoding> known = parameterEncodings;
        ParameterEncoding encoding = known.get(valueClass);
        if (encoding == null) {
            encoding = ParameterEncoding.ofClass(valueClass, this);
            if (encoding != null && known.size() < MAXIMUM_ENCODINGS) {
                known.put(valueClass, encoding);
            }
        }
        return encoding;
    }

    /** Returns the type that a parameter of a class is declared as if none was named, or null if no codec knows the class. */
    @Nullable PgType parameterType(Class<?> valueClass) {
        PgType natural = naturalType(valueClass);
        return natural == null || !CharSequence.class.isAssignableFrom(valueClass) ? natural : stringType();
    }

    /** Returns the type by which the values of a class are written as text, or null if no codec knows the class. */
    @Nullable PgType naturalType(Class<?> valueClass) {
        return registry.parameterType(valueClass);
    }

    private PgType stringType() {
        return switch (stringType) {
            case TEXT -> PgType.TEXT;
            case UNTYPED -> PgType.UNSPECIFIED;
            case VARCHAR, AUTO -> PgType.VARCHAR;
        };
    }

    /** Whether strings may be left to the server where it refuses their type, and nulls declared where it wants one. */
    boolean mayTryTypes() {
        return stringType == PgStringType.AUTO;
    }

    /** Whether values of a type can be read in binary whatever parameters the session has. */
    boolean hasBinaryAlways(PgType type) {
        return anyContext.hasBinary(type);
    }
}
