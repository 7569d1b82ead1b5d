package io.fluxgres.internal.session;

import io.fluxgres.PgConversionException;
import io.fluxgres.PgParameter;
import io.fluxgres.PgUsageException;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.protocol.Parameters;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Values with their declared types and encoders, resolved once by {@code bind}. Immutable. */
final class BoundParameters implements Parameters {

    static final BoundParameters NONE = new BoundParameters(0);

    private final @Nullable Object[] values;
    private final PgType[] types;
    private final @Nullable Encoder<Object>[] encoders;
    private final Format[] formats;
    /** The strings whose type the driver chose: the caller may as well mean a uuid, an enum or json by them. */
    private final boolean[] plainStrings;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private BoundParameters(int count) {
        values = new @Nullable Object[count];
        types = new PgType[count];
        encoders = new @Nullable Encoder[count];
        formats = new Format[count];
        plainStrings = new boolean[count];
    }

    /**
     * Resolves values.
     *
     * @throws PgUsageException if no codec can write a value
     */
    static BoundParameters of(@Nullable Object[] values, SessionCodecs codecs) {
        BoundParameters parameters = new BoundParameters(values.length);
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof PgParameter typed) {
                parameters.resolve(i, typed.type(), typed.value(), codecs);
            } else {
                parameters.resolve(i, null, values[i], codecs);
            }
        }
        return parameters;
    }

    private void resolve(int index, @Nullable PgType declared, @Nullable Object value, SessionCodecs codecs) {
        values[index] = value;
        formats[index] = Format.TEXT;
        types[index] = declared == null ? PgType.UNSPECIFIED : declared;
        if (value == null) {
            return;
        }
        PgType natural = codecs.parameterType(value.getClass());
        if (declared == null) {
            if (natural == null) {
                throw unencodable(
                        index,
                        "no codec writes values of class " + value.getClass().getName());
            }
            types[index] = natural;
            if (value instanceof CharSequence) {
                types[index] = codecs.stringType();
                plainStrings[index] = codecs.mayInferStrings();
            }
        }
        PgType written = types[index].equals(PgType.UNSPECIFIED) && natural != null ? natural : types[index];
        Encoder<Object> encoder = null;
        if (!types[index].equals(PgType.UNSPECIFIED)) {
            formats[index] = Format.BINARY;
            encoder = encoder(codecs, written, Format.BINARY, value);
        }
        if (encoder == null) {
            formats[index] = Format.TEXT;
            encoder = encoder(codecs, written, Format.TEXT, value);
        }
        if (encoder == null) {
            throw unencodable(
                    index,
                    "no codec writes values of class " + value.getClass().getName() + " as type " + types[index]);
        }
        encoders[index] = encoder;
    }

    /** The class of the value is the class the encoder is asked for, so the cast cannot fail. */
    @SuppressWarnings("unchecked")
    private static @Nullable Encoder<Object> encoder(SessionCodecs codecs, PgType type, Format format, Object value) {
        return (Encoder<Object>) codecs.encoder(type, format, value.getClass());
    }

    private static PgUsageException unencodable(int index, String reason) {
        return new PgUsageException("parameter $" + (index + 1) + " cannot be bound: " + reason);
    }

    /** Whether there are strings whose type the server could infer. */
    boolean hasPlainStrings() {
        for (boolean plainString : plainStrings) {
            if (plainString) {
                return true;
            }
        }
        return false;
    }

    /** Returns the same values in text format, the types of plain strings left to the server. */
    BoundParameters asText(SessionCodecs codecs) {
        BoundParameters text = withInferredStrings(codecs);
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null && text.formats[i] != Format.TEXT) {
                Encoder<Object> encoder = encoder(codecs, types[i], Format.TEXT, value);
                if (encoder == null) {
                    throw unencodable(i, "no codec writes type " + types[i] + " as text");
                }
                text.formats[i] = Format.TEXT;
                text.encoders[i] = encoder;
            }
        }
        return text;
    }

    /** Returns the same values, the types of plain strings left to the server and their values sent as text. */
    BoundParameters withInferredStrings(SessionCodecs codecs) {
        @Nullable Object[] given = values.clone();
        for (int i = 0; i < given.length; i++) {
            given[i] = PgParameter.of(plainStrings[i] ? PgType.UNSPECIFIED : types[i], values[i]);
        }
        return of(given, codecs);
    }

    @Override
    public int count() {
        return values.length;
    }

    @Override
    public int typeOid(int index) {
        return types[index].oid();
    }

    /** Returns the name of the declared type of a parameter. */
    PgType type(int index) {
        return types[index];
    }

    @Override
    public int formatCode(int index) {
        return formats[index].code();
    }

    @Override
    public boolean isNull(int index) {
        return values[index] == null;
    }

    @Override
    public void write(int index, ByteBuf out) {
        Encoder<Object> encoder = encoders[index];
        Object value = values[index];
        if (encoder == null || value == null) {
            throw new IllegalStateException("parameter $" + (index + 1) + " is NULL");
        }
        try {
            encoder.encode(value, out);
        } catch (CodecException e) {
            throw new PgConversionException(
                    "parameter $" + (index + 1) + " cannot be written as type " + types[index] + ": " + e.getMessage(),
                    true,
                    e);
        }
    }
}
