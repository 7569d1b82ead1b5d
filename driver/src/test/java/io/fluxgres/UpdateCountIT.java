package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;

/** The number of rows that statements changed. */
@Timeout(60)
class UpdateCountIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
        run(connection, "create temp table t (n int); insert into t select generate_series(1, 5)");
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "insert into t values (6), (7)                                                       | 2",
                "insert into t values (6), (7) returning n                                           | 2",
                "update t set n = n + 10 where n > 1                                                 | 4",
                "delete from t                                                                       | 5",
                "delete from t where n > 100                                                         | 0",
                "merge into t using (values (1), (9)) v (n) on t.n = v.n when matched then delete"
                        + " when not matched then insert values (v.n)                                | 2",
                "with gone as (delete from t returning n) insert into t select n from gone where n < 3 | 2",
                "with gone as (delete from t returning n) select n from gone                         | 0",
                "select n from t                                                                     | 0",
                "values (1), (2)                                                                     | 0",
                "table t                                                                             | 0",
                "select n from t; insert into t values (6); update t set n = 0; delete from t        | 13",
                "create temp table other as select n from t where n < 4                              | 3",
                "select n into temp other from t where n < 4                                         | 3",
                "create temp table other as select n from t with no data                             | 0",
                "create temp table other (n int)                                                     | 0",
                "drop table t                                                                        | 0",
                "truncate t                                                                          | 0",
                "create temp table other as select n from t; select * from other; delete from other  | 10",
                "begin                                                                               | 0",
                "set search_path to public                                                           | 0",
                "do $$ begin delete from t; end $$                                                   | 0",
                "show search_path                                                                    | 0",
                "explain analyze delete from t                                                       | 0",
                "prepare p as delete from t; execute p                                               | 5",
                "begin; declare c cursor for table t; fetch 3 from c; move 1 from c; rollback        | 0"
            })
    void countsTheRowsThatWereChanged(String sql, long expected) {
        assertThat(connection.query(sql).rowsUpdated().block(TIMEOUT)).isEqualTo(expected);
        assertAnswers(connection);
    }

    @Test
    void countsAlikeInEveryExecution() {
        PgQuery query = connection.query("insert into t select generate_series(1, $1::int) returning n");

        for (int execution = 1; execution < 5; execution++) {
            assertThat(query.bind(execution).rowsUpdated().block(TIMEOUT)).isEqualTo(execution);
        }
    }

    @Test
    void theCountWaitsForItsRequest() {
        StepVerifier.create(connection.query("delete from t").rowsUpdated(), 0)
                .expectSubscription()
                .then(() -> assertAnswers(connection))
                .thenRequest(1)
                .expectNext(5L)
                .expectComplete()
                .verify(TIMEOUT);
    }

    @Test
    void aRequestThatIsNotPositiveFailsACountThatIsReadyAndNotRequestedYet() {
        AtomicReference<Subscription> subscription = new AtomicReference<>();
        AtomicReference<Throwable> error = new AtomicReference<>();
        BaseSubscriber<Long> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription given) {
                subscription.set(given);
            }

            @Override
            protected void hookOnError(Throwable thrown) {
                error.set(thrown);
            }
        };
        connection.query("delete from t").rowsUpdated().subscribe(subscriber);
        assertAnswers(connection);

        subscription.get().request(0);

        await("the error of request(0)", () -> error.get() != null);
        assertThat(error.get()).isInstanceOf(IllegalArgumentException.class);
        assertAnswers(connection);
    }

    @Test
    void aConstraintThatFailsAtCommitTurnsTheCountIntoAnError() {
        run(connection, "create table deferring (n int unique deferrable initially deferred)");

        for (int execution = 0; execution < 4; execution++) {
            PgServerException error = failure(
                    PgServerException.class,
                    connection.query("insert into deferring values (1), (1)").rowsUpdated());
            assertThat(error.sqlState()).isEqualTo("23505");
        }
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        assertAnswers(connection);
    }

    @Test
    void aConstraintThatFailsAtCommitComesAfterTheReturnedRows() {
        run(connection, "create table deferring2 (n int unique deferrable initially deferred)");

        StepVerifier.create(connection
                        .query("insert into deferring2 values (1), (1) returning n")
                        .map(row -> row.getInt(0)))
                .expectNext(1, 1)
                .expectErrorMatches(PgServerException.class::isInstance)
                .verify(TIMEOUT);
    }
}
