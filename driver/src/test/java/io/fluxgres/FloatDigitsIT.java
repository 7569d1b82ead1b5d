package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/**
 * Floats have all their digits however often a statement was executed, where the server is set up to round them in text: as it
 * does for extra_float_digits of 0 and less.
 */
@Timeout(60)
class FloatDigitsIT extends ClientFixture {

    private static final String SQL = "select 0.1::float8 + 0.2::float8, 16777215::float4 / 16777216::float4";
    private static final List<Number> EXACT = List.of(0.1 + 0.2, 16777215f / 16777216);
    private static final List<Number> ROUNDED = List.of(0.3, 1f);
    private static final int COLD_TO_WARM = 4;

    private static void roundInDatabase(int digits) {
        postgres.execute("alter database \"" + postgres.database() + "\" set extra_float_digits = " + digits);
    }

    private static String role() {
        return "alter role \"" + postgres.user() + "\" in database \"" + postgres.database() + "\" ";
    }

    @AfterEach
    void roundNowhere() {
        postgres.execute("alter database \"" + postgres.database() + "\" reset extra_float_digits");
        postgres.execute(role() + "reset extra_float_digits");
    }

    private PgConnection connection(String... options) {
        return client(options).connect().block(TIMEOUT);
    }

    private static List<Number> values(PgQuery query) {
        return list(query.map(row -> List.<Number>of(row.get(0, Double.class), row.get(1, Float.class))))
                .get(0);
    }

    /** Executes queries one behind the other. */
    private static List<List<Number>> executions(Supplier<PgQuery> query) {
        List<List<Number>> values = new ArrayList<>();
        for (int i = 0; i < COLD_TO_WARM; i++) {
            values.add(values(query.get()));
        }
        return values;
    }

    private static void assertExact(Supplier<PgQuery> query) {
        assertThat(executions(query)).hasSize(COLD_TO_WARM).containsOnly(EXACT);
    }

    private static void assertExact(PgConnection connection) {
        assertExact(() -> connection.query(SQL));
    }

    private static List<List<Number>> transaction(PgClient client, String... inFront) {
        return list(client.inTransaction(transaction -> Flux.just(inFront)
                .concatMap(sql -> transaction.query(sql).rowsUpdated())
                .thenMany(Flux.range(0, COLD_TO_WARM)
                        .concatMap(i -> transaction
                                .query(SQL)
                                .map(row -> List.<Number>of(row.get(0, Double.class), row.get(1, Float.class)))))));
    }

    // ---- whoever set it up

    @ParameterizedTest
    @ValueSource(ints = {1, 0, -15})
    void floatsAreEqualInTextAndBinaryWhateverTheDefaultOfTheDatabase(int digits) {
        roundInDatabase(digits);

        assertExact(connection());
        PgClient client = client("sharedConnections=1", "poolSize=1");
        assertExact(() -> client.query(SQL));
        assertExact(() -> client.query(SQL).exclusive());
        assertThat(transaction(client("poolSize=1"))).hasSize(COLD_TO_WARM).containsOnly(EXACT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"queryMode=extended", "queryMode=simple", "queryMode=auto", "fetchSize=1", "prepareThreshold=1"})
    void floatsAreEqualInTextAndBinaryWhateverTheDefaultOfTheRole(String option) {
        postgres.execute(role() + "set extra_float_digits = 0");

        assertExact(connection(option));
        PgClient client = client("sharedConnections=1", "poolSize=1", option);
        assertExact(() -> client.query(SQL));
        assertThat(transaction(client)).hasSize(COLD_TO_WARM).containsOnly(EXACT);
    }

    @Test
    void theFirstStatementOfASessionMayBeABatchOrABegin() {
        roundInDatabase(0);

        PgConnection batched = connection();
        assertThat(list(batched.batch(SQL, SQL).map(row -> row.get(0, Double.class))))
                .hasSize(2)
                .containsOnly(0.1 + 0.2);
        PgConnection begun = connection();
        begun.begin().block(TIMEOUT);
        assertExact(begun);
        begun.rollback().block(TIMEOUT);
        assertExact(begun);
        List<Object[]> rows = List.of(new Object[] {0.2}, new Object[] {0.2});
        assertThat(list(connection()
                        .query("select 0.1::float8 + $1::float8")
                        .bindAll(rows)
                        .map(row -> row.get(0, Double.class))))
                .hasSize(2)
                .containsOnly(0.1 + 0.2);
    }

    // ---- resets

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set extra_float_digits = 0",
                "select set_config('extra_float_digits', '0', false)",
                "set work_mem = '1234kB'",
                "set search_path = pg_catalog",
                // DISCARD ALL removes it
                "prepare rounded as select 1",
                "reset all",
                "reset extra_float_digits"
            })
    void theNextUserOfAConnectionHasAllDigits(String left) {
        roundInDatabase(0);
        PgClient client = client("sharedConnections=1", "poolSize=1");
        assertThat(transaction(client)).hasSize(COLD_TO_WARM).containsOnly(EXACT);

        for (int i = 0; i < 2; i++) {
            transaction(client, left);
            assertThat(transaction(client)).hasSize(COLD_TO_WARM).containsOnly(EXACT);
        }
    }

    @Test
    void theNextUserOfASharedConnectionHasAllDigits() {
        roundInDatabase(0);
        PgClient client = client("sharedConnections=1", "poolSize=1");

        list(client.query("select set_config('extra_float_digits', '0', false)").map(row -> row.getString(0)));

        assertExact(() -> client.query(SQL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset all", "RESET extra_float_digits", "discard all", "/* everything */ discard all;"})
    void whoResetsHisConnectionHasAllDigitsBehindThat(String reset) {
        roundInDatabase(0);
        PgConnection connection = connection();
        assertExact(connection);

        run(connection, reset);
        assertExact(() -> connection.query(SQL + " where 1 = 1"));

        run(connection, "set extra_float_digits = 0");
        // in one flight
        List<Double> behind = list(Flux.mergeSequential(
                connection.query(reset).map(row -> 0.0),
                connection.query(SQL + " where 2 = 2").map(row -> row.get(0, Double.class))));
        assertThat(behind).containsExactly(0.1 + 0.2);
    }

    @Test
    void aResetInATransactionTakesNoDigitsEither() {
        roundInDatabase(0);
        PgClient client = client("poolSize=1");

        assertThat(transaction(client, "reset all")).hasSize(COLD_TO_WARM).containsOnly(EXACT);
        assertThat(transaction(client, "reset all", "set transaction isolation level serializable"))
                .hasSize(COLD_TO_WARM)
                .containsOnly(EXACT);
        failure(
                PgServerException.class,
                client.inTransaction(transaction -> transaction
                        .query("select 1 / 0")
                        .rowsUpdated()
                        .onErrorResume(failed -> transaction.query("reset all").rowsUpdated())));
        assertThat(transaction(client)).hasSize(COLD_TO_WARM).containsOnly(EXACT);
    }

    // ---- where they are rounded

    @Test
    void aUserWhoAsksForRoundedTextGetsItOnHisConnection() {
        PgConnection connection = connection();
        run(connection, "set extra_float_digits = 0");

        List<List<Number>> values = executions(() -> connection.query(SQL));

        assertThat(values.get(0)).isEqualTo(ROUNDED);
        assertThat(values.get(COLD_TO_WARM - 1)).isEqualTo(EXACT);
    }

    /** They are all read as text then. */
    @Test
    void floatsAreRoundedAlwaysWhereNoSettingHoldsBecauseNothingIsKeptPrepared() {
        roundInDatabase(0);
        PgClient client = client("statementCacheSize=0", "sessionReset=never");
        PgConnection connection = connection("statementCacheSize=0");

        assertThat(executions(() -> connection.query(SQL)))
                .hasSize(COLD_TO_WARM)
                .containsOnly(ROUNDED);
        assertThat(executions(() -> client.query(SQL))).hasSize(COLD_TO_WARM).containsOnly(ROUNDED);
        assertThat(transaction(client)).hasSize(COLD_TO_WARM).containsOnly(ROUNDED);
    }
}
