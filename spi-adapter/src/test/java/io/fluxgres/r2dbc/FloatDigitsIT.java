package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Floats have all their digits however often a statement was executed, where the server is set up to round them in text. */
class FloatDigitsIT extends AdapterFixture {

    private static final String SQL = "select 0.1::float8 + 0.2::float8";
    private static final Double EXACT = 0.1 + 0.2;
    private static final int COLD_TO_WARM = 4;

    private static void inDatabase(String action) {
        postgres.execute("alter database \"" + postgres.database() + "\" " + action);
    }

    @AfterEach
    void roundNowhere() {
        inDatabase("reset extra_float_digits");
    }

    private static List<Double> executions(Connection connection) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < COLD_TO_WARM; i++) {
            values.addAll(Factories.rows(connection, SQL, FloatDigitsIT::value));
        }
        return values;
    }

    private static Double value(Row row) {
        return row.get(0, Double.class);
    }

    private static List<Double> values(Publisher<? extends Result> results) {
        return Factories.list(Flux.from(results).concatMap(result -> result.map((row, metadata) -> value(row))));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -15})
    void floatsAreEqualInTextAndBinaryWhateverTheDefaultOfTheDatabase(int digits) {
        inDatabase("set extra_float_digits = " + digits);

        for (Connection each : List.of(open(), open("queryMode", "simple"), open("fetchSize", "1"))) {
            assertThat(executions(each)).hasSize(COLD_TO_WARM).containsOnly(EXACT);
        }
    }

    @Test
    void theFirstStatementOfASessionMayBeginATransactionOrBeABatch() {
        inDatabase("set extra_float_digits = 0");

        Connection begun = open();
        Factories.await(begun.beginTransaction());
        assertThat(executions(begun)).hasSize(COLD_TO_WARM).containsOnly(EXACT);
        Factories.await(begun.rollbackTransaction());
        assertThat(executions(begun)).hasSize(COLD_TO_WARM).containsOnly(EXACT);

        assertThat(values(open().createBatch().add(SQL).add(SQL).execute()))
                .hasSize(2)
                .containsOnly(EXACT);
        assertThat(values(open().createStatement("select 0.1::float8 + $1::float8")
                        .bind(0, 0.2)
                        .add()
                        .bind(0, 0.2)
                        .execute()))
                .hasSize(2)
                .containsOnly(EXACT);
    }

    /** They are all read as text then. */
    @Test
    void floatsAreRoundedAlwaysWhereNothingIsKeptPrepared() {
        inDatabase("set extra_float_digits = 0");

        assertThat(executions(open("statementCacheSize", "0")))
                .hasSize(COLD_TO_WARM)
                .containsOnly(0.3);
    }
}
