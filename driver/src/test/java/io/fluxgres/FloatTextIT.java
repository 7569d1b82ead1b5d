package io.fluxgres;

import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The text of floating point numbers is the server's, whether it came from there or is made of the binary value. */
@Timeout(60)
class FloatTextIT extends ConnectionFixture {

    private static final int RANDOM_VALUES = 20_000;

    @Test
    void theTextOfEachFloat8IsTheServers() {
        Random random = new Random(7);
        assertSameTexts(
                "float8",
                DoubleStream.concat(
                                IntStream.rangeClosed(-1074, 1023).mapToDouble(n -> Math.scalb(1.0, n)),
                                DoubleStream.concat(
                                        DoubleStream.of(
                                                1e23, 9.5e15, 1e15, 1e14, 123456789012345678.0, 1e-4, 1e-5, 0.0, -0.0),
                                        DoubleStream.generate(() -> Double.longBitsToDouble(random.nextLong()))
                                                .limit(RANDOM_VALUES)))
                        .mapToObj(Double::toString)
                        .collect(Collectors.joining(",", "{", ",NaN,Infinity,-Infinity,1.7976931348623157E308}")));
    }

    @Test
    void theTextOfEachFloat4IsTheServers() {
        Random random = new Random(8);
        assertSameTexts(
                "float4",
                IntStream.concat(
                                IntStream.rangeClosed(-149, 127).map(n -> Float.floatToIntBits(Math.scalb(1f, n))),
                                random.ints(RANDOM_VALUES))
                        .mapToObj(bits -> Float.toString(Float.intBitsToFloat(bits)))
                        .collect(Collectors.joining(
                                ",", "{", ",NaN,Infinity,-0,0,1e6,1e5,123456.7,1e-4,1e-5,3.4028235E38}")));
    }

    private void assertSameTexts(String type, String values) {
        PgQuery query = connection
                .query("select v, v::text from unnest($1::" + type + "[]) v")
                .bind(values);
        for (int execution = 0; execution < 3; execution++) {
            List<String> different = list(
                            query.map(row -> String.valueOf(row.getString(0)).equals(row.getString(1))
                                    ? ""
                                    : row.getString(0) + " is " + row.getString(1)))
                    .stream()
                    .filter(text -> !text.isEmpty())
                    .toList();
            assertThat(different).isEmpty();
        }
    }
}
