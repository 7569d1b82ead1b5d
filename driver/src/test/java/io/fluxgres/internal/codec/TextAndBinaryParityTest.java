package io.fluxgres.internal.codec;

import static io.fluxgres.internal.codec.CodecFixture.CLASSES;
import static io.fluxgres.internal.codec.CodecFixture.TYPES;
import static io.fluxgres.internal.codec.CodecFixture.decode;
import static io.fluxgres.internal.codec.CodecFixture.decoder;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.codec.ServerValues.Sample;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextAndBinaryParityTest {

    /** The types whose text depends on what the server does not report. */
    private static final Set<PgType> WITHOUT_STRING = Set.of(PgType.BYTEA);

    static Stream<Sample> samples() {
        return ServerValues.ALL.stream();
    }

    static List<PgType> types() {
        return TYPES;
    }

    @Test
    void everyTypeButUnknownHasSamples() {
        Set<PgType> sampled = samples().map(Sample::type).collect(Collectors.toSet());
        assertThat(sampled)
                .containsExactlyInAnyOrderElementsOf(TYPES.stream()
                        .filter(type -> type != BuiltinTypes.UNKNOWN)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theSameClassGivesTheSameValueInBothFormats(Sample sample) {
        for (Class<?> asked : CLASSES) {
            if (decoder(sample.type(), Format.TEXT, asked) != null) {
                assertThat(outcome(sample, Format.BINARY, asked))
                        .as("%s", asked)
                        .isEqualTo(outcome(sample, Format.TEXT, asked));
            }
        }
    }

    private static Object outcome(Sample sample, Format format, Class<?> asked) {
        try {
            return decode(sample.type(), format, asked, sample.field(format), sample.context());
        } catch (CodecException e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void stringIsTheTextOfTheServer(Sample sample) {
        if (!WITHOUT_STRING.contains(sample.type())) {
            for (Format format : Format.values()) {
                assertThat(decode(sample.type(), format, String.class, sample.field(format), sample.context()))
                        .isEqualTo(sample.text());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theNaturalValueIsSentAsTheServerSendsIt(Sample sample) {
        if (sample.type().equals(PgType.NUMERIC) && sample.text().matches("NaN|-?Infinity")) {
            return;
        }
        Object value = decode(sample.type(), Format.TEXT, Object.class, sample.field(Format.TEXT));
        assertThat(CodecFixture.encodeHex(sample.type(), value)).isEqualTo(sample.hex());
        byte[] text = CodecFixture.encode(sample.type(), Format.TEXT, value);
        Object returned = decode(sample.type(), Format.TEXT, Object.class, text, sample.context());
        assertThat(returned instanceof OffsetDateTime moment ? moment.toInstant() : returned)
                .isEqualTo(value instanceof OffsetDateTime moment ? moment.toInstant() : value);
    }

    @ParameterizedTest
    @MethodSource("types")
    void bothFormatsAnswerTheSameClasses(PgType type) {
        for (Class<?> asked : CLASSES) {
            assertThat(decoder(type, Format.BINARY, asked) != null)
                    .as("%s", asked)
                    .isEqualTo(decoder(type, Format.TEXT, asked) != null);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void primitiveClassesAnswerWithPrimitiveDecoders(PgType type) {
        for (Format format : Format.values()) {
            assertThat(decoder(type, format, boolean.class))
                    .satisfiesAnyOf(
                            TextAndBinaryParityTest::none,
                            decoder -> assertThat(decoder).isInstanceOf(Decoder.OfBoolean.class));
            assertThat(decoder(type, format, int.class))
                    .satisfiesAnyOf(
                            TextAndBinaryParityTest::none,
                            decoder -> assertThat(decoder).isInstanceOf(Decoder.OfInt.class));
            assertThat(decoder(type, format, long.class))
                    .satisfiesAnyOf(
                            TextAndBinaryParityTest::none,
                            decoder -> assertThat(decoder).isInstanceOf(Decoder.OfLong.class));
            assertThat(decoder(type, format, double.class))
                    .satisfiesAnyOf(
                            TextAndBinaryParityTest::none,
                            decoder -> assertThat(decoder).isInstanceOf(Decoder.OfDouble.class));
        }
    }

    private static void none(Object decoder) {
        assertThat(decoder).isNull();
    }

    @ParameterizedTest
    @MethodSource("types")
    void stringIsRefusedWhereTheTextDependsOnTheSession(PgType type) {
        for (Format format : Format.values()) {
            assertThat(decoder(type, format, String.class) == null).isEqualTo(WITHOUT_STRING.contains(type));
        }
    }
}
