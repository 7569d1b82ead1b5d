package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** A COPY that comes as a query: it cannot be served, and the connection lives on. */
@Timeout(60)
class CopyRefusalIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
        run(connection, "create temp table t (n int); insert into t select generate_series(1, 3)");
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "copy t from stdin",
                "copy t from stdin (format binary)",
                "copy t from stdin; select 1",
                "select 1; copy t from stdin",
                "copy t to stdout",
                "copy t to stdout (format binary)",
                "copy (select n, repeat('x', 1000) from generate_series(1, 20000) n) to stdout",
                "copy (select 1 where false) to stdout",
                "copy t to stdout; select 1",
                "select 1; copy t to stdout"
            })
    void endsInAClearErrorAndTheConnectionAnswers(String sql) {
        String direction = sql.contains("stdin") ? "COPY FROM STDIN" : "COPY TO STDOUT";
        for (int execution = 0; execution < 3; execution++) {
            PgUsageException error =
                    failure(PgUsageException.class, connection.query(sql).rows());
            assertThat(error).hasMessageContaining(direction);
            assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
            assertAnswers(connection);
            assertThat(failure(PgUsageException.class, connection.query(sql).rowsUpdated()))
                    .hasMessageContaining(direction);
            assertAnswers(connection);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "copy t from stdin, FAILED",
        "select 1; copy t from stdin, FAILED",
        "copy t to stdout, IN_TRANSACTION",
        "copy t to stdout; select 1, IN_TRANSACTION"
    })
    void inATransactionLeavesTheStatusThatTheServerTells(String sql, PgTransactionStatus status) {
        run(connection, "begin");

        failure(PgUsageException.class, connection.query(sql).rows());

        assertThat(connection.transactionStatus()).isEqualTo(status);
        run(connection, "rollback");
        assertAnswers(connection);
    }

    @Test
    void rowsInFrontOfItAreDelivered() {
        StepVerifier.create(
                        connection.query("select 1; copy t to stdout; select 2").map(row -> row.getInt(0)))
                .expectNext(1)
                .expectErrorMatches(PgUsageException.class::isInstance)
                .verify(TIMEOUT);
        assertAnswers(connection);
    }

    @Test
    void anErrorOfTheServerInItIsNotMistakenForSuccess() {
        failure(
                PgException.class,
                connection.query("copy (select 1 / (2 - n) from t) to stdout").rows());
        assertAnswers(connection);
        assertThat(failure(
                                PgServerException.class,
                                connection.query("copy missing from stdin").rows())
                        .sqlState())
                .isEqualTo("42P01");
        assertAnswers(connection);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "copy (delete from t returning n) to stdout",
                "delete from t; copy t to stdout",
                "begin; delete from t; commit; copy t from stdin"
            })
    void whatWasExecutedIsNotReportedAsSafeToRetry(String sql) {
        PgException error = failure(PgException.class, connection.query(sql).rows());

        assertThat(text(connection, "select count(*)::text from t")).isEqualTo("0");
        assertThat(error.safeToRetry()).isFalse();
        assertThat(error).hasMessageNotContaining("without effect");
    }

    @Test
    void copyBetweenTheServerAndItselfIsAnOrdinaryStatement() {
        assertThat(connection
                        .query("copy t to program 'cat > /dev/null'")
                        .rowsUpdated()
                        .block(TIMEOUT))
                .isEqualTo(3);
    }
}
