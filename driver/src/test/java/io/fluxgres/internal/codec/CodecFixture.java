package io.fluxgres.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decodes and encodes single fields with the built-in codecs. */
final class CodecFixture {

    static final CodecRegistry REGISTRY = CodecRegistry.of(List.of());
    static final CodecContext CONTEXT = inZone("UTC");

    /** The types with a codec of their own. */
    static final List<PgType> TYPES = List.of(
            PgType.BOOL,
            PgType.BYTEA,
            PgType.CHAR,
            PgType.NAME,
            PgType.INT8,
            PgType.INT2,
            PgType.INT4,
            PgType.TEXT,
            PgType.OID,
            PgType.JSON,
            PgType.FLOAT4,
            PgType.FLOAT8,
            BuiltinTypes.UNKNOWN,
            PgType.BPCHAR,
            PgType.VARCHAR,
            PgType.DATE,
            PgType.TIME,
            PgType.TIMESTAMP,
            PgType.TIMESTAMPTZ,
            PgType.NUMERIC,
            PgType.UUID,
            PgType.JSONB);

    /** Every class that one of the codecs decodes to, and some that none does. */
    static final List<Class<?>> CLASSES = List.of(
            Object.class,
            String.class,
            CharSequence.class,
            Number.class,
            boolean.class,
            Boolean.class,
            byte.class,
            Byte.class,
            short.class,
            Short.class,
            int.class,
            Integer.class,
            long.class,
            Long.class,
            float.class,
            Float.class,
            double.class,
            Double.class,
            char.class,
            Character.class,
            BigInteger.class,
            BigDecimal.class,
            byte[].class,
            ByteBuffer.class,
            UUID.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            Date.class,
            Timestamp.class,
            Instant.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            OffsetTime.class,
            List.class,
            Thread.class);

    private CodecFixture() {}

    /** The context of a session in a time zone, as the server names it. */
    static CodecContext inZone(String zone) {
        return new RegistryContext(REGISTRY, Map.of("DateStyle", "ISO, MDY", "TimeZone", zone));
    }

    /** Returns null also if the class is refused. */
    static <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> asked) {
        return decoder(type, format, asked, CONTEXT);
    }

    static <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> asked, CodecContext context) {
        try {
            return REGISTRY.decoder(type, format, asked, context);
        } catch (CodecException refusal) {
            return null;
        }
    }

    static <T> T decodeText(PgType type, Class<T> asked, String text) {
        return decode(type, Format.TEXT, asked, text.getBytes(StandardCharsets.UTF_8));
    }

    static <T> T decodeHex(PgType type, Class<T> asked, String hex) {
        return decode(type, Format.BINARY, asked, HexFormat.of().parseHex(hex));
    }

    static <T> T decode(PgType type, Format format, Class<T> asked, byte[] field) {
        return decode(type, format, asked, field, CONTEXT);
    }

    static <T> T decode(PgType type, Format format, Class<T> asked, byte[] field, CodecContext context) {
        Decoder<T> decoder = decoder(type, format, asked, context);
        assertThat(decoder).as("decoder of %s in %s to %s", type, format, asked).isNotNull();
        return decode(decoder, field);
    }

    /**
     * Decodes the field from buffers that end where it ends, on the heap and off it, and from others with bytes around
     * it; a read outside would fail in the former and give another result in the latter.
     */
    static <T> T decode(Decoder<T> decoder, byte[] field) {
        Outcome<T> heap = outcome(decoder, field, Unpooled.wrappedBuffer(field), 0);
        for (byte guard : new byte[] {'1', (byte) 0xFF, 0}) {
            byte[] guarded = new byte[field.length + 18];
            Arrays.fill(guarded, guard);
            System.arraycopy(field, 0, guarded, 9, field.length);
            heap.requireSame(outcome(decoder, field, Unpooled.wrappedBuffer(guarded), 9));
        }
        ByteBuf direct =
                Unpooled.directBuffer(field.length, Math.max(1, field.length)).writeBytes(field);
        try {
            heap.requireSame(outcome(decoder, field, direct, 0));
        } finally {
            direct.release();
        }
        return heap.get();
    }

    private static <T> Outcome<T> outcome(Decoder<T> decoder, byte[] field, ByteBuf buffer, int index) {
        int readerIndex = buffer.readerIndex();
        int writerIndex = buffer.writerIndex();
        Outcome<T> outcome;
        try {
            outcome = new Outcome<>(decoder.decode(buffer, index, field.length), null);
        } catch (CodecException e) {
            outcome = new Outcome<>(null, e);
        }
        assertThat(buffer.readerIndex()).isEqualTo(readerIndex);
        assertThat(buffer.writerIndex()).isEqualTo(writerIndex);
        return outcome;
    }

    private record Outcome<T>(@Nullable T value, @Nullable CodecException failure) {

        void requireSame(Outcome<T> other) {
            assertThat(Objects.deepEquals(other.value, value) && Objects.equals(other.message(), message()))
                    .as("%s and %s do not depend on the buffer", this, other)
                    .isTrue();
        }

        private @Nullable String message() {
            return failure == null ? null : failure.getMessage();
        }

        T get() {
            if (failure != null) {
                throw failure;
            }
            assertThat(value).isNotNull();
            return value;
        }
    }

    static byte[] encode(PgType type, Format format, Object value) {
        return encodeAs(type, format, value.getClass(), value);
    }

    private static <V> byte[] encodeAs(PgType type, Format format, Class<V> valueClass, Object value) {
        Encoder<V> encoder = REGISTRY.encoder(type, format, valueClass, CONTEXT);
        assertThat(encoder)
                .as("encoder of %s as %s in %s", valueClass, type, format)
                .isNotNull();
        ByteBuf out = Unpooled.buffer(1).writeByte(42);
        encoder.encode(valueClass.cast(value), out);
        assertThat(out.readByte()).isEqualTo((byte) 42);
        byte[] field = new byte[out.readableBytes()];
        out.readBytes(field);
        return field;
    }

    static String encodeText(PgType type, Object value) {
        return new String(encode(type, Format.TEXT, value), StandardCharsets.UTF_8);
    }

    static String encodeHex(PgType type, Object value) {
        return HexFormat.of().formatHex(encode(type, Format.BINARY, value));
    }

    /** Asserts that the value is refused in both formats. */
    static void assertNotEncodable(PgType type, Object value) {
        for (Format format : Format.values()) {
            assertThat(catchThrowable(() -> encode(type, format, value)))
                    .as("%s of %s as %s in %s", value, value.getClass(), type, format)
                    .isInstanceOf(CodecException.class);
        }
    }

    /** The context of a session that knows the built-in types only. */
    record RegistryContext(CodecRegistry registry, Map<String, String> serverParameters) implements CodecContext {

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
            return type == null ? PgType.unknown(oid) : type;
        }

        @Override
        public @Nullable String serverParameter(String name) {
            return serverParameters.get(name);
        }
    }
}
