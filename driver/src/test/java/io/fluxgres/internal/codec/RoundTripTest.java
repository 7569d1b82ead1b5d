package io.fluxgres.internal.codec;

import static io.fluxgres.internal.codec.CodecFixture.decode;
import static io.fluxgres.internal.codec.CodecFixture.encode;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was encoded is decoded as an equal value, in each format. */
class RoundTripTest {

    private static final int ROUNDS = 1_000;
    private static final long MIN_TIMESTAMP = -211_813_488_000_000_000L;
    private static final long MAX_TIMESTAMP = 9_223_371_331_199_999_999L;

    private record Case<T>(PgType type, Class<T> valueClass, Function<Random, T> values) {

        @Override
        public String toString() {
            return valueClass.getSimpleName() + " as " + type;
        }
    }

    static Stream<Case<?>> cases() {
        return Stream.of(
                new Case<>(PgType.BOOL, Boolean.class, Random::nextBoolean),
                new Case<>(PgType.INT2, Short.class, random -> (short) random.nextInt()),
                new Case<>(PgType.INT4, Byte.class, random -> (byte) random.nextInt()),
                new Case<>(PgType.INT4, Integer.class, Random::nextInt),
                new Case<>(PgType.INT8, Integer.class, Random::nextInt),
                new Case<>(PgType.INT8, Long.class, Random::nextLong),
                new Case<>(PgType.INT8, BigInteger.class, random -> BigInteger.valueOf(random.nextLong())),
                new Case<>(PgType.INT8, BigDecimal.class, random -> BigDecimal.valueOf(random.nextLong())),
                new Case<>(PgType.OID, Long.class, random -> random.nextLong() >>> 32),
                new Case<>(PgType.FLOAT4, Float.class, random -> Float.intBitsToFloat(random.nextInt())),
                new Case<>(PgType.FLOAT4, BigDecimal.class, random -> Narrowing.toBigDecimal(random.nextFloat())),
                new Case<>(PgType.FLOAT8, Float.class, random -> Float.intBitsToFloat(random.nextInt())),
                new Case<>(PgType.FLOAT8, Double.class, random -> Double.longBitsToDouble(random.nextLong())),
                new Case<>(PgType.FLOAT8, Integer.class, Random::nextInt),
                new Case<>(PgType.FLOAT8, BigDecimal.class, random -> Narrowing.toBigDecimal(random.nextGaussian())),
                new Case<>(PgType.NUMERIC, Long.class, Random::nextLong),
                new Case<>(PgType.NUMERIC, Double.class, Random::nextGaussian),
                new Case<>(PgType.NUMERIC, Float.class, Random::nextFloat),
                new Case<>(PgType.NUMERIC, BigInteger.class, random -> new BigInteger(random.nextInt(500), random)),
                new Case<>(
                        PgType.NUMERIC,
                        BigDecimal.class,
                        random -> BigDecimal.valueOf(random.nextLong(), random.nextInt(30))),
                new Case<>(PgType.TEXT, String.class, RoundTripTest::string),
                new Case<>(PgType.VARCHAR, byte[].class, random -> string(random).getBytes(UTF_8)),
                new Case<>(PgType.JSON, String.class, RoundTripTest::string),
                new Case<>(PgType.JSONB, String.class, RoundTripTest::string),
                new Case<>(PgType.TEXT, Character.class, random -> (char) (1 + random.nextInt(0xD7FF))),
                new Case<>(PgType.BYTEA, byte[].class, RoundTripTest::bytes),
                new Case<>(PgType.BYTEA, ByteBuffer.class, random -> ByteBuffer.wrap(bytes(random))),
                new Case<>(PgType.UUID, UUID.class, random -> new UUID(random.nextLong(), random.nextLong())),
                new Case<>(
                        PgType.DATE,
                        LocalDate.class,
                        random -> LocalDate.of(-4713, 11, 24).plusDays(random.nextInt(2_147_483_494))),
                new Case<>(
                        PgType.TIME,
                        LocalTime.class,
                        random -> LocalTime.ofNanoOfDay((random.nextLong() >>> 1) % 86_400_000_000L * 1_000)),
                new Case<>(
                        PgType.TIMESTAMP,
                        LocalDateTime.class,
                        random -> LocalDateTime.ofInstant(instant(random), ZoneOffset.UTC)),
                new Case<>(PgType.TIMESTAMPTZ, Instant.class, RoundTripTest::instant),
                new Case<>(PgType.TIMESTAMPTZ, OffsetDateTime.class, random -> instant(random)
                        .atOffset(ZoneOffset.UTC)),
                new Case<>(PgType.TIMESTAMPTZ, ZonedDateTime.class, random -> instant(random)
                        .atZone(ZoneOffset.UTC)));
    }

    private static String string(Random random) {
        return random.ints(random.nextInt(30), 1, Character.MAX_CODE_POINT + 1)
                .map(codePoint -> random.nextBoolean() ? 1 + codePoint % 127 : codePoint)
                .filter(codePoint -> codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(50)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Instant instant(Random random) {
        long micros = random.nextBoolean()
                ? MIN_TIMESTAMP + (random.nextLong() >>> 1) % (MAX_TIMESTAMP + 1)
                : random.nextLong() >> 8;
        return Instant.parse("2000-01-01T00:00:00Z")
                .plusSeconds(Math.floorDiv(Math.max(micros, MIN_TIMESTAMP), 1_000_000))
                .plusNanos(Math.floorMod(micros, 1_000_000) * 1_000L);
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void anEqualValueReturns(Case<T> roundTrip) {
        Random random = new Random(roundTrip.toString().hashCode());
        for (int i = 0; i < ROUNDS; i++) {
            T value = roundTrip.values().apply(random);
            for (Format format : Format.values()) {
                byte[] field = encode(roundTrip.type(), format, value);
                assertThat(decode(roundTrip.type(), format, roundTrip.valueClass(), field))
                        .isEqualTo(value);
            }
        }
    }
}
