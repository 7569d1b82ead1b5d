package io.fluxgres.benchmarks.core;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.codec.CodecRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a value costs in binary, from the buffer to an object and back. */
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class CodecBenchmark extends CoreBenchmark {

    /** A type and a value of it. */
    @SuppressWarnings("ImmutableEnumChecker") // the values are immutable
    public enum Value {
        INT4(PgType.INT4, 123_456_789),
        INT8(PgType.INT8, 1234567890123456789L),
        FLOAT8(PgType.FLOAT8, 1234.5678),
        NUMERIC(PgType.NUMERIC, new BigDecimal("1234567.89")),
        TEXT(PgType.TEXT, "some words, all of ASCII"),
        UNICODE(PgType.TEXT, "some wörds, not all of ASCII"),
        TIMESTAMPTZ(PgType.TIMESTAMPTZ, OffsetDateTime.of(2026, 1, 2, 3, 4, 5, 678_000_000, ZoneOffset.UTC)),
        UUID_VALUE(PgType.UUID, new UUID(0x0123456789abcdefL, 0x8123456789abcdefL));

        private final PgType type;
        private final Object value;

        Value(PgType type, Object value) {
            this.type = type;
            this.value = value;
        }
    }

    /** The value that is measured. */
    @Param
    public Value value = Value.INT4;

    private final ByteBuf encoded = ByteBufAllocator.DEFAULT.directBuffer();
    private final ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer();
    private @Nullable Decoder<?> decoder;
    private @Nullable Encoder<Object> encoder;

    /** Resolves the codec, which the driver does once for each statement. */
    @Setup
    @SuppressWarnings("unchecked")
    public void resolve() {
        CodecRegistry codecs = CodecRegistry.of(List.of());
        CodecContext context = new Context(codecs);
        Class<?> type = value.value.getClass();
        decoder = codecs.decoder(value.type, Format.BINARY, type, context);
        Encoder<Object> resolved = (Encoder<Object>) codecs.encoder(value.type, Format.BINARY, type, context);
        encoder = resolved;
        Objects.requireNonNull(resolved).encode(value.value, encoded);
    }

    /** Reads the value. */
    @Benchmark
    public Object decode() {
        return Objects.requireNonNull(decoder).decode(encoded, 0, encoded.readableBytes());
    }

    /** Writes the value. */
    @Benchmark
    public int encode() {
        out.clear();
        Objects.requireNonNull(encoder).encode(value.value, out);
        return out.writerIndex();
    }

    /** Gives the buffers back. */
    @TearDown
    public void release() {
        encoded.release();
        out.release();
    }

    /** Of a session that shows times as they are read in binary. */
    private record Context(CodecRegistry codecs) implements CodecContext {

        private static final Map<String, String> SERVER_PARAMETERS = Map.of("TimeZone", "UTC", "DateStyle", "ISO, MDY");

        @Override
        public <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> asked) {
            return codecs.decoder(type, format, asked, this);
        }

        @Override
        public <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass) {
            return codecs.encoder(type, format, valueClass, this);
        }

        @Override
        public PgType type(int oid) {
            return PgType.unknown(oid);
        }

        @Override
        public @Nullable String serverParameter(String name) {
            return SERVER_PARAMETERS.get(name);
        }
    }
}
