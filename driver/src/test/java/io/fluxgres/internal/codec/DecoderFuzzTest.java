package io.fluxgres.internal.codec;

import static io.fluxgres.internal.codec.CodecFixture.CLASSES;
import static io.fluxgres.internal.codec.CodecFixture.decode;
import static io.fluxgres.internal.codec.CodecFixture.decoder;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.codec.ServerValues.Sample;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes are a value or a {@link CodecException}, nothing else, and nothing outside the field is read. */
class DecoderFuzzTest {

    private static final int ROUNDS = 50;
    private static final byte[] ALPHABET =
            "0123456789.+-:/ eEBCTNatfiny\\xIy{}\0\377".getBytes(StandardCharsets.ISO_8859_1);

    static List<PgType> types() {
        return CodecFixture.TYPES;
    }

    @ParameterizedTest
    @MethodSource("types")
    void randomBytesAreAValueOrRefused(PgType type) {
        forEachDecoder(type, (format, random) -> {
            byte[] field = new byte[random.nextInt(40)];
            random.nextBytes(field);
            return field;
        });
    }

    @ParameterizedTest
    @MethodSource("types")
    void randomTextIsAValueOrRefused(PgType type) {
        forEachDecoder(type, (format, random) -> {
            byte[] field = new byte[random.nextInt(40)];
            for (int i = 0; i < field.length; i++) {
                field[i] = ALPHABET[random.nextInt(ALPHABET.length)];
            }
            return field;
        });
    }

    @ParameterizedTest
    @MethodSource("types")
    void damagedValuesAreAValueOrRefused(PgType type) {
        List<Sample> samples = ServerValues.ALL.stream()
                .filter(sample -> sample.type().equals(type))
                .toList();
        forEachDecoder(type, (format, random) -> {
            byte[] field = samples.isEmpty()
                    ? new byte[0]
                    : samples.get(random.nextInt(samples.size())).field(format);
            return damaged(field, random);
        });
    }

    private static byte[] damaged(byte[] field, Random random) {
        byte[] damaged = Arrays.copyOf(field, Math.max(0, field.length + random.nextInt(3) - 1));
        for (int i = random.nextInt(3); i > 0 && damaged.length > 0; i--) {
            damaged[random.nextInt(damaged.length)] =
                    random.nextBoolean() ? ALPHABET[random.nextInt(ALPHABET.length)] : (byte) random.nextInt();
        }
        return damaged;
    }

    private interface Fields {
        byte[] next(Format format, Random random);
    }

    private static void forEachDecoder(PgType type, Fields fields) {
        Random random = new Random(type.oid());
        int refused = 0;
        for (Format format : Format.values()) {
            for (Class<?> asked : CLASSES) {
                Decoder<?> decoder = decoder(type, format, asked);
                for (int i = 0; decoder != null && i < ROUNDS; i++) {
                    byte[] field = fields.next(format, random);
                    try {
                        assertThat(decode(decoder, field)).isNotNull();
                    } catch (CodecException e) {
                        refused++;
                    }
                }
            }
        }
        assertThat(refused).isPositive();
    }
}
