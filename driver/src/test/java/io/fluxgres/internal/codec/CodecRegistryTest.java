package io.fluxgres.internal.codec;

import static io.fluxgres.internal.codec.CodecFixture.CONTEXT;
import static io.fluxgres.internal.codec.CodecFixture.REGISTRY;
import static io.fluxgres.internal.codec.CodecFixture.TYPES;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.codec.PgType.Kind;
import io.fluxgres.internal.codec.CodecFixture.RegistryContext;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CodecRegistryTest {

    private static final PgType INTERVAL = new PgType(1186, "interval", Kind.BASE, 0);

    static Stream<Arguments> parameterTypes() {
        return Stream.of(
                Arguments.of(Boolean.class, PgType.BOOL),
                Arguments.of(boolean.class, PgType.BOOL),
                Arguments.of(Byte.class, PgType.INT2),
                Arguments.of(Short.class, PgType.INT2),
                Arguments.of(Integer.class, PgType.INT4),
                Arguments.of(int.class, PgType.INT4),
                Arguments.of(Long.class, PgType.INT8),
                Arguments.of(BigInteger.class, PgType.NUMERIC),
                Arguments.of(BigDecimal.class, PgType.NUMERIC),
                Arguments.of(Float.class, PgType.FLOAT4),
                Arguments.of(Double.class, PgType.FLOAT8),
                Arguments.of(String.class, PgType.VARCHAR),
                Arguments.of(StringBuilder.class, PgType.VARCHAR),
                Arguments.of(CharSequence.class, PgType.VARCHAR),
                Arguments.of(Character.class, PgType.VARCHAR),
                Arguments.of(char.class, PgType.VARCHAR),
                Arguments.of(byte[].class, PgType.BYTEA),
                Arguments.of(ByteBuffer.class, PgType.BYTEA),
                Arguments.of(ByteBuffer.allocate(1).getClass(), PgType.BYTEA),
                Arguments.of(ByteBuffer.allocateDirect(1).getClass(), PgType.BYTEA),
                Arguments.of(UUID.class, PgType.UUID),
                Arguments.of(LocalDate.class, PgType.DATE),
                Arguments.of(LocalTime.class, PgType.TIME),
                Arguments.of(LocalDateTime.class, PgType.TIMESTAMP),
                Arguments.of(Instant.class, PgType.TIMESTAMPTZ),
                Arguments.of(OffsetDateTime.class, PgType.TIMESTAMPTZ),
                Arguments.of(ZonedDateTime.class, PgType.TIMESTAMPTZ),
                Arguments.of(Date.class, PgType.TIMESTAMPTZ),
                Arguments.of(Timestamp.class, PgType.TIMESTAMPTZ));
    }

    @ParameterizedTest
    @MethodSource("parameterTypes")
    void aParameterIsDeclaredAsTheNaturalTypeOfItsClassAndCanBeSentSo(Class<?> valueClass, PgType type) {
        assertThat(REGISTRY.parameterType(valueClass)).isEqualTo(type);
        for (Format format : Format.values()) {
            assertThat(REGISTRY.encoder(type, format, valueClass, CONTEXT)).isNotNull();
        }
    }

    @Test
    void otherClassesHaveNoTypeOfTheirOwn() {
        for (Class<?> valueClass : List.of(Object.class, Number.class, Kind.class, OffsetTime.class, List.class)) {
            assertThat(REGISTRY.parameterType(valueClass)).isNull();
        }
    }

    @Test
    void everyTypeWithACodecHasBinary() {
        for (PgType type : TYPES) {
            assertThat(REGISTRY.hasBinary(type, CONTEXT)).as("%s", type).isTrue();
        }
    }

    @Test
    void typesWithoutACodecHaveNoBinary() {
        for (PgType type : List.of(INTERVAL, PgType.unknown(123456), PgType.UNSPECIFIED)) {
            assertThat(REGISTRY.hasBinary(type, CONTEXT)).isFalse();
            for (Class<?> asked : CodecFixture.CLASSES) {
                assertThat(REGISTRY.decoder(type, Format.BINARY, asked, CONTEXT))
                        .isNull();
            }
        }
    }

    @Test
    void otherTypesAreReadAsTheTextOfTheServer() {
        for (Class<?> asked : List.of(Object.class, String.class, CharSequence.class)) {
            assertThat(CodecFixture.decodeText(INTERVAL, asked, "1 day")).isEqualTo("1 day");
        }
        assertThat(CodecFixture.decodeText(PgType.unknown(123456), Object.class, "{a,b}"))
                .isEqualTo("{a,b}");
        assertThat(CodecFixture.decodeText(PgType.unknown(2278), Object.class, ""))
                .isEqualTo("");
        assertThat(CodecFixture.decoder(INTERVAL, Format.TEXT, Integer.class)).isNull();
    }

    @Test
    void anyTypeTakesAStringInText() {
        for (PgType type : List.of(INTERVAL, PgType.UNSPECIFIED, PgType.INT4, PgType.UUID, PgType.FLOAT8)) {
            assertThat(CodecFixture.encodeText(type, "é")).isEqualTo("é");
            assertThat(CodecFixture.encodeText(type, new StringBuilder("1"))).isEqualTo("1");
            assertThat(REGISTRY.encoder(type, Format.BINARY, String.class, CONTEXT))
                    .isNull();
        }
    }

    @Test
    void aValueIsNotSentAsATypeOfAnotherFamily() {
        assertThat(REGISTRY.encoder(PgType.BOOL, Format.TEXT, Integer.class, CONTEXT))
                .isNull();
        assertThat(REGISTRY.encoder(PgType.TEXT, Format.TEXT, Integer.class, CONTEXT))
                .isNull();
        assertThat(REGISTRY.encoder(PgType.TIMESTAMP, Format.TEXT, Instant.class, CONTEXT))
                .isNull();
        assertThat(REGISTRY.encoder(PgType.UUID, Format.BINARY, byte[].class, CONTEXT))
                .isNull();
    }

    @Test
    void theFirstAnswerCountsAndUserCodecsAreAskedFirst() {
        List<String> asked = new ArrayList<>();
        CodecRegistry registry = CodecRegistry.of(List.of(
                new Stub("refuses", Set.of(), asked), new Stub("answers", Set.of(Format.TEXT, Format.BINARY), asked)));
        CodecContext context = new RegistryContext(registry, Map.of());
        Decoder<Object> decoder = registry.decoder(PgType.INT4, Format.TEXT, Object.class, context);
        assertThat(decoder).isNotNull();
        assertThat(decoder.decode(Unpooled.EMPTY_BUFFER, 0, 0)).isEqualTo("answers");
        assertThat(asked).containsExactly("refuses", "answers");
        assertThat(registry.encoder(PgType.INT4, Format.TEXT, Integer.class, context))
                .isNotNull();
        assertThat(registry.parameterType(Kind.class)).isEqualTo(PgType.JSON);
        assertThat(registry.parameterType(Integer.class)).isEqualTo(PgType.INT4);
    }

    @Test
    void aUserCodecOfTextAloneKeepsItsTypeInText() {
        CodecRegistry registry = CodecRegistry.of(List.of(new Stub("text", Set.of(Format.TEXT), new ArrayList<>())));
        assertThat(registry.hasBinary(PgType.INT4, new RegistryContext(registry, Map.of())))
                .isFalse();
        assertThat(registry.hasBinary(PgType.INT8, new RegistryContext(registry, Map.of())))
                .isTrue();
    }

    @Test
    void aUserCodecOfBothFormatsHasBinary() {
        Stub both = new Stub("both", Set.of(Format.values()), new ArrayList<>());
        CodecRegistry registry = CodecRegistry.of(List.of(both));
        assertThat(registry.hasBinary(PgType.INT4, new RegistryContext(registry, Map.of())))
                .isTrue();
    }

    /** Decodes int4 to {@code Object} as its own name, in some formats. */
    private record Stub(String name, Set<Format> formats, List<String> asked) implements Codec {

        @Override
        @SuppressWarnings("unchecked")
        public <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> askedClass, CodecContext context) {
            asked.add(name);
            boolean answers = type.equals(PgType.INT4) && askedClass == Object.class && formats.contains(format);
            return answers ? (buffer, index, length) -> (T) name : null;
        }

        @Override
        public <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass, CodecContext context) {
            return null;
        }

        @Override
        public @Nullable PgType parameterType(Class<?> valueClass) {
            return valueClass == Kind.class ? PgType.JSON : null;
        }
    }
}
