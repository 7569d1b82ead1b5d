package io.fluxgres.internal.statement;

import io.fluxgres.PgConversionException;
import io.fluxgres.PgParameter;
import io.fluxgres.PgUsageException;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.protocol.Parameters;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A SQL text and its values, with their declared types and encoders, resolved once when they are bound. Immutable. */
public final class BoundStatement implements Parameters {

    private static final @Nullable Object[] NO_VALUES = {};
    private static final ParameterEncoding[] NO_ENCODINGS = {};

    private final String sql;
    private final @Nullable Object[] values;
    private final ParameterEncoding[] encodings;

    private BoundStatement(String sql, @Nullable Object[] values, ParameterEncoding[] encodings) {
        this.sql = sql;
        this.values = values;
        this.encodings = encodings;
    }

    /** Creates a statement without values. */
    public BoundStatement(String sql) {
        this(Objects.requireNonNull(sql, "sql"), NO_VALUES, NO_ENCODINGS);
    }

    /**
     * Binds values to the SQL of another statement. If they are sent as its own are, both share how.
     *
     * @throws PgUsageException if no codec can write a value
     */
    private BoundStatement(BoundStatement like, @Nullable Object[] given, SessionCodecs codecs) {
        int count = given.length;
        @Nullable Object[] bound = count == 0 ? NO_VALUES : new @Nullable Object[count];
        ParameterEncoding[] resolved = like.encodings;
        if (resolved.length != count) {
            resolved = count < 2 ? NO_ENCODINGS : new ParameterEncoding[count];
        }
        for (int i = 0; i < count; i++) {
            bound[i] = valueOf(given[i]);
            ParameterEncoding encoding = encodingOf(i, given[i], codecs);
            resolved = count == 1 ? encoding.alone() : with(resolved, i, encoding, like.encodings);
        }
        this.sql = like.sql;
        this.values = bound;
        this.encodings = resolved;
    }

    /** Binds one value, as above. */
    private BoundStatement(BoundStatement like, @Nullable Object given, SessionCodecs codecs) {
        this.sql = like.sql;
        this.values = new @Nullable Object[] {valueOf(given)};
        this.encodings = encodingOf(0, given, codecs).alone();
    }

    private static @Nullable Object valueOf(@Nullable Object given) {
        return given instanceof PgParameter typed ? typed.value() : given;
    }

    private static ParameterEncoding encodingOf(int index, @Nullable Object given, SessionCodecs codecs) {
        if (!(given instanceof PgParameter typed)) {
            return encoding(index, given, codecs);
        }
        Class<?> nullOf = typed.value() == null ? typed.valueClass() : null;
        if (nullOf == null) {
            return encoding(index, typed.type(), typed.value(), codecs);
        }
        ParameterEncoding ofValues = codecs.parameterEncoding(nullOf);
        return ofValues == null ? encoding(index, null, codecs) : ofValues;
    }

    /** Puts an encoding in its place, in a copy if those are shared and have another there. */
    @SuppressWarnings("ReferenceEquality") // what matters is whether the array itself is shared
    private static ParameterEncoding[] with(
            ParameterEncoding[] encodings, int index, ParameterEncoding encoding, ParameterEncoding[] shared) {
        if (encodings[index] == encoding) {
            return encodings;
        }
        ParameterEncoding[] own = encodings == shared ? shared.clone() : encodings;
        own[index] = encoding;
        return own;
    }

    private static ParameterEncoding encoding(int index, @Nullable Object value, SessionCodecs codecs) {
        if (value == null) {
            return codecs.mayTryTypes() ? ParameterEncoding.BARE_NULL : ParameterEncoding.UNTYPED_NULL;
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
        String reason = "no codec writes values of class " + value.getClass().getTypeName();
        return unencodable(index, type == null ? reason : reason + " as type " + type);
    }

    private static PgUsageException unencodable(int index, String reason) {
        return new PgUsageException("parameter $" + (index + 1) + " cannot be bound: " + reason);
    }

    /** Returns the same SQL with values, which share with the own how they are sent if they can. */
    public BoundStatement with(@Nullable Object[] given, SessionCodecs codecs) {
        return new BoundStatement(this, given, codecs);
    }

    /** Returns the same SQL with one value. */
    public BoundStatement withOne(@Nullable Object given, SessionCodecs codecs) {
        return new BoundStatement(this, given, codecs);
    }

    /** Whether the values of both are sent alike, as far as that is seen at once. */
    @SuppressWarnings("ReferenceEquality") // equal arrays that are not shared are told apart by a longer comparison
    public boolean sharesEncodings(BoundStatement other) {
        return encodings == other.encodings;
    }

    /** Whether there are strings whose type the server could infer. */
    public boolean hasPlainStrings() {
        for (ParameterEncoding encoding : encodings) {
            if (encoding.inferred() != null) {
                return true;
            }
        }
        return false;
    }

    /** Returns a bit for each parameter that is a NULL whose type nobody declared, as far as there are bits. */
    @SuppressWarnings("ReferenceEquality") // it is the one object for all of them
    final long bareNulls() {
        long nulls = 0;
        for (int i = 0; i < encodings.length; i++) {
            if (encodings[i] == ParameterEncoding.BARE_NULL) {
                nulls |= bit(i);
            }
        }
        return nulls;
    }

    /** Returns the bit of a parameter, 0 for one behind the last that has one. */
    static long bit(int index) {
        return index >= 0 && index < Long.SIZE ? 1L << index : 0;
    }

    /** Returns the same values, some of the {@link #bareNulls} declared. */
    final BoundStatement withDeclaredNulls(long nulls) {
        BoundStatement declaring = new BoundStatement(sql, values, encodings.clone());
        for (int i = 0; i < encodings.length; i++) {
            if ((nulls & bit(i)) != 0) {
                declaring.encodings[i] = ParameterEncoding.DECLARED_NULL;
            }
        }
        return declaring;
    }

    /** Returns the same values in text format, the types of plain strings left to the server. */
    public BoundStatement asText(SessionCodecs codecs) {
        BoundStatement text = withInferredStrings();
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
    public BoundStatement withInferredStrings() {
        BoundStatement inferring = new BoundStatement(sql, values, encodings.clone());
        for (int i = 0; i < encodings.length; i++) {
            ParameterEncoding inferred = encodings[i].inferred();
            if (inferred != null) {
                inferring.encodings[i] = inferred;
            }
        }
        return inferring;
    }

    /** Returns the SQL text. */
    public String sql() {
        return sql;
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
