package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** The exception to ADR 7: the server rounds the text of floats where extra_float_digits is not positive, and tells nobody. */
@Timeout(60)
class FloatDigitsIT extends ClientFixture {

    private static Double[] executions(int digits) {
        PgConnection connection = PgClient.create(postgres.url()).connect().block(TIMEOUT);
        connection.query("set extra_float_digits = " + digits).rowsUpdated().block(TIMEOUT);
        Double[] values = list(Flux.range(0, 4)
                        .concatMap(i -> connection
                                .query("select 0.1::float8 + 0.2::float8")
                                .map(row -> row.get(0, Double.class))))
                .toArray(new Double[0]);
        Connections.close(connection);
        return values;
    }

    @Test
    void floatsAreEqualInTextAndBinaryByTheDefaultOfTheServer() {
        assertThat(executions(1)).hasSize(4).containsOnly(0.1 + 0.2);
    }

    @Test
    void floatsInTextAreRoundedWhereTheSessionIsSetUpSo() {
        Double[] values = executions(0);

        assertThat(values).hasSize(4);
        assertThat(values[0]).isEqualTo(0.3);
        assertThat(values[3]).isEqualTo(0.1 + 0.2);
    }
}
