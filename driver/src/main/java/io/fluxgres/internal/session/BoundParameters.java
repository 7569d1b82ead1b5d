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

    static final BoundParameters NONE = new BoundParameters(new @Nullable Object[0], new ParameterEncoding[0]);

    private final @Nullable Object[] values;
    private final ParameterEncoding[] encodings;

    private BoundParameters(@Nullable Object[] values, ParameterEncoding[] encodings) {
        this.values = values;
        this.encodings = encodings;
    }

    /**
     * Resolves values.
     *
     * @throws PgUsageException if no codec can write a value
     */
    static BoundParameters of(@Nullable Object[] values, SessionCodecs codecs) {
        if (values.length == 0) {
            return NONE;
        }
        @Nullable Object[] bound = new @Nullable Object[values.length];
        ParameterEncoding[] encodings = values.length == 1 ? NONE.encodings : new ParameterEncoding[values.length];
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            ParameterEncoding encoding;
            if (value instanceof PgParameter typed) {
                bound[i] = typed.value();
                encoding = encoding(i, typed.type(), typed.value(), codecs);
            } else {
                bound[i] = value;
                encoding = encoding(i, value, codecs);
            }
            if (values.length == 1) {
                encodings = encoding.alone();
            } else {
                encodings[i] = encoding;
            }
        }
        return new BoundParameters(bound, encodings);
    }

    private static ParameterEncoding encoding(int index, @Nullable Object value, SessionCodecs codecs) {
        if (value == null) {
            return ParameterEncoding.UNTYPED_NULL;
        }
        ParameterEncoding encoding = codecs.parameterEncoding(value.getClass());
        if (encoding == null) {
            throw unencodable(index, value, codecs.parameterType(value.getClass()));
        }
        return encoding;
    }

    private static ParameterEncoding encoding(
            int index, PgType declared, @Nullable Object value, SessionCodecs codecs) {
        if (value == null) {
            return ParameterEncoding.ofNull(declared);
        }
        ParameterEncoding encoding = ParameterEncoding.ofType(declared, value.getClass(), codecs);
        if (encoding == null) {
            throw unencodable(index, value, declared);
        }
        return encoding;
    }

    private static PgUsageException unencodable(int index, Object value, @Nullable PgType type) {
        String reason = "no codec writes values of class " + value.getClass().getName();
        return unencodable(index, type == null ? reason : reason + " as type " + type);
    }

    private static PgUsageException unencodable(int index, String reason) {
        return new PgUsageException("parameter $" + (index + 1) + " cannot be bound: " + reason);
    }

    /** Whether there are strings whose type the server could infer. */
    boolean hasPlainStrings() {
        for (ParameterEncoding encoding : encodings) {
            if (encoding.inferred() != null) {
                return true;
            }
        }
        return false;
    }

    /** Returns the same values in text format, the types of plain strings left to the server. */
    BoundParameters asText(SessionCodecs codecs) {
        BoundParameters text = withInferredStrings();
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null && text.encodings[i].format() != Format.TEXT) {
                ParameterEncoding encoding = ParameterEncoding.ofText(type(i), value.getClass(), codecs);
                if (encoding == null) {
                    throw unencodable(i, "no codec writes type " + type(i) + " as text");
                }
                text.encodings[i] = encoding;
            }
        }
        return text;
    }

    /** Returns the same values, the types of plain strings left to the server and their values sent as text. */
    BoundParameters withInferredStrings() {
        BoundParameters inferring = new BoundParameters(values, encodings.clone());
        for (int i = 0; i < encodings.length; i++) {
            ParameterEncoding inferred = encodings[i].inferred();
            if (inferred != null) {
                inferring.encodings[i] = inferred;
            }
        }
        return inferring;
    }

    @Override
    public int count() {
        return values.length;
    }

    @Override
    public int typeOid(int index) {
        return encodings[index].type().oid();
    }

    /** Returns the name of the declared type of a parameter. */
    PgType type(int index) {
        return encodings[index].type();
    }

    @Override
    public int formatCode(int index) {
        return encodings[index].format().code();
    }

    @Override
    public boolean isNull(int index) {
        return values[index] == null;
    }

    @Override
    public void write(int index, ByteBuf out) {
        Encoder<Object> encoder = encodings[index].encoder();
        Object value = values[index];
        if (encoder == null || value == null) {
            throw new IllegalStateException("parameter $" + (index + 1) + " is NULL");
        }
        try {
            encoder.encode(value, out);
        } catch (CodecException e) {
            throw new PgConversionException(
                    "parameter $" + (index + 1) + " cannot be written as type " + type(index) + ": " + e.getMessage(),
                    true,
                    e);
        }
    }
}
