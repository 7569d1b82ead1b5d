package io.fluxgres.internal.statement;

import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import org.jspecify.annotations.Nullable;

/** How parameters are sent: the declared type, the format and what writes the values. Immutable, shared by the values of a class. */
final class ParameterEncoding {

    /** Of a NULL whose type the server is to infer. */
    static final ParameterEncoding UNTYPED_NULL = ofNull(PgType.UNSPECIFIED);

    /** Of a NULL whose type nobody declared: the server is to infer it, else the driver declares it. */
    static final ParameterEncoding BARE_NULL = ofNull(PgType.UNSPECIFIED);

    /** Of a NULL that the driver declares. */
    static final ParameterEncoding DECLARED_NULL = ofNull(PgType.VARCHAR);

    private final PgType type;
    private final Format format;
    private final @Nullable Encoder<Object> encoder;
    private final @Nullable ParameterEncoding inferred;
    /** Shared by all statements of one parameter, so that binding it makes no array (QueryAllocationIT). */
    private final ParameterEncoding[] alone = {this};

    private ParameterEncoding(
            PgType type, Format format, @Nullable Encoder<Object> encoder, @Nullable ParameterEncoding inferred) {
        this.type = type;
        this.format = format;
        this.encoder = encoder;
        this.inferred = inferred;
    }

    static ParameterEncoding ofNull(PgType declared) {
        return new ParameterEncoding(declared, Format.TEXT, null, null);
    }

    /** Resolves the values of a class whose type nobody declared; null if no codec writes them. */
    static @Nullable ParameterEncoding ofClass(Class<?> valueClass, SessionCodecs codecs) {
        PgType type = codecs.parameterType(valueClass);
        ParameterEncoding encoding = type == null ? null : ofType(type, valueClass, codecs);
        if (encoding == null || !codecs.mayTryTypes() || !CharSequence.class.isAssignableFrom(valueClass)) {
            return encoding;
        }
        ParameterEncoding inferred = ofType(PgType.UNSPECIFIED, valueClass, codecs);
        return new ParameterEncoding(encoding.type, encoding.format, encoding.encoder, inferred);
    }

    /** Resolves the values of a class that are declared as a type; null if no codec writes them so. */
    static @Nullable ParameterEncoding ofType(PgType type, Class<?> valueClass, SessionCodecs codecs) {
        Encoder<Object> encoder = null;
        if (!type.equals(PgType.UNSPECIFIED)) {
            encoder = encoder(type, Format.BINARY, valueClass, codecs);
        }
        return encoder == null
                ? ofText(type, valueClass, codecs)
                : new ParameterEncoding(type, Format.BINARY, encoder, null);
    }

    /** As {@link #ofType}, in text. */
    static @Nullable ParameterEncoding ofText(PgType type, Class<?> valueClass, SessionCodecs codecs) {
        PgType natural = type.equals(PgType.UNSPECIFIED) ? codecs.naturalType(valueClass) : null;
        Encoder<Object> encoder = encoder(natural == null ? type : natural, Format.TEXT, valueClass, codecs);
        return encoder == null ? null : new ParameterEncoding(type, Format.TEXT, encoder, null);
    }

    /** The class of the values is the class the encoder is asked for, so the cast cannot fail. */
    @SuppressWarnings("unchecked")
    private static @Nullable Encoder<Object> encoder(
            PgType type, Format format, Class<?> valueClass, SessionCodecs codecs) {
        return (Encoder<Object>) codecs.encoder(type, format, valueClass);
    }

    PgType type() {
        return type;
    }

    Format format() {
        return format;
    }

    /** Returns what writes values of the class that it was resolved for; null for NULL, which is not written. */
    @Nullable Encoder<Object> encoder() {
        return encoder;
    }

    /**
     * Returns the same with the type left to the server, for strings whose type the driver chose: the caller may as well mean
     * a uuid, an enum or json by them. Null for all others.
     */
    @Nullable ParameterEncoding inferred() {
        return inferred;
    }

    /** Returns an array of this one alone; it must not be written to. */
    ParameterEncoding[] alone() {
        return alone;
    }
}
