package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** String parameters whose declared type the server refuses inside a transaction: the transaction goes on. */
@Timeout(60)
class StringGuardIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String ID = "b1a3f6de-0000-4000-8000-000000000001";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
        update("create temp table item (id uuid, tags jsonb, n int)");
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aStringForAUuidIsTriedBehindASavepoint(int fetchSize) {
        List<Integer> found = connection
                .inTransaction(tx -> tx.query("insert into item values ($1, $2, 7)")
                        .bind(ID, "{\"a\": 1}")
                        .rowsUpdated()
                        .thenMany(tx.query("select n from item where id = $1")
                                .bind(ID)
                                .fetchSize(fetchSize)
                                .map(row -> row.getInt(0))))
                .collectList()
                .block(PATIENCE);

        assertThat(found).containsExactly(7);
        assertThat(number("select count(*)::int from item")).isEqualTo(1);
    }

    @Test
    void whatWasDoneBeforeInTheTransactionStays() {
        connection.begin().block(PATIENCE);
        update("insert into item (n) values (1)");
        assertThat(connection
                        .query("select count(*)::int from item where id = $1")
                        .bind(ID)
                        .map(row -> row.getInt(0))
                        .blockLast(PATIENCE))
                .isZero();
        connection.commit().block(PATIENCE);

        assertThat(number("select count(*)::int from item")).isEqualTo(1);
    }

    @Test
    void statementsThatAreSubscribedTogetherAllSucceedInTheirOrder() {
        connection.begin().block(PATIENCE);
        List<Long> counts = Flux.range(0, 20)
                .flatMapSequential(
                        n -> connection
                                .query("insert into item (n, id) values (" + n + ", $1)")
                                .bind(ID)
                                .rowsUpdated(),
                        20)
                .collectList()
                .block(PATIENCE);
        connection.commit().block(PATIENCE);

        assertThat(counts).hasSize(20).containsOnly(1L);
        List<Integer> inserted = new ArrayList<>();
        connection
                .query("select n from item")
                .map(row -> row.getInt(0))
                .doOnNext(inserted::add)
                .blockLast(PATIENCE);
        assertThat(inserted).isSorted().hasSize(20);
    }

    @Test
    void anErrorOfTheStatementItselfAbortsTheTransactionAsEver() {
        connection.begin().block(PATIENCE);

        assertThatExceptionOfType(PgServerException.class)
                .isThrownBy(() -> connection
                        .query("insert into item (id) values ($1)")
                        .bind("no uuid")
                        .rowsUpdated()
                        .block(PATIENCE))
                .matches(error -> error.sqlState().equals("22P02"));

        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
        connection.rollback().block(PATIENCE);
        assertThat(number("select 42")).isEqualTo(42);
    }

    @Test
    void aStatementThatNoTypeHelpsReportsTheErrorOfTheFirstAttempt() {
        connection.begin().block(PATIENCE);

        assertThatExceptionOfType(PgServerException.class)
                .isThrownBy(() -> connection
                        .query("select no_such_function($1)")
                        .bind("x")
                        .rowsUpdated()
                        .block(PATIENCE))
                .matches(error -> error.sqlState().equals("42883"))
                .withMessageContaining("character varying");

        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
        connection.rollback().block(PATIENCE);
    }

    @Test
    void aTextThatTheServerHasAcceptedNeedsNoSavepoint() {
        Mono<Integer> select = connection
                .query("select length($1)")
                .bind("abc")
                .map(row -> row.getInt(0))
                .single();
        assertThat(select.block(PATIENCE)).isEqualTo(3);

        connection.begin().block(PATIENCE);
        assertThat(select.block(PATIENCE)).isEqualTo(3);

        assertThatExceptionOfType(PgServerException.class)
                .isThrownBy(() -> update("rollback to savepoint fluxgres_guard"))
                .matches(error -> error.sqlState().equals("3B001"));
        connection.rollback().block(PATIENCE);
    }

    @Test
    void theCallersSavepointsAreNotDisturbed() {
        connection.begin().block(PATIENCE);
        connection.savepoint("mine").block(PATIENCE);
        assertThat(connection
                        .query("insert into item (id) values ($1)")
                        .bind(ID)
                        .rowsUpdated()
                        .block(PATIENCE))
                .isOne();
        connection.rollbackToSavepoint("mine").block(PATIENCE);
        connection.releaseSavepoint("mine").block(PATIENCE);
        connection.commit().block(PATIENCE);

        assertThat(number("select count(*)::int from item")).isZero();
    }

    private int number(String sql) {
        Integer value = connection.query(sql).map(row -> row.getInt(0)).blockLast(PATIENCE);
        assertThat(value).isNotNull();
        return value;
    }

    private void update(String sql) {
        connection.query(sql).rowsUpdated().block(PATIENCE);
    }
}
