package io.fluxgres;

import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.numbers;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Subscriptions that are cancelled at any point of a result: they hear no more, and the connection stays usable. */
@Timeout(60)
class CancelledResultIT extends ConnectionFixture {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, 4999, 5000})
    void takeLeavesTheConnectionUsable(int count) {
        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(numbers(connection, 5000).take(count))).hasSize(count);
            assertAnswers(connection);
        }
    }

    @Test
    void aQueryThatIsCancelledInOnSubscribeIsNotExecuted() {
        run(connection, "create temp table t (n int)");

        RecordingSubscriber<Long> subscriber = RecordingSubscriber.<Long>requesting(0)
                .inOnSubscribe(RecordingSubscriber::cancel)
                .subscribedTo(connection.query("insert into t values (1)").rowsUpdated());

        assertThat(text(connection, "select count(*)::text from t")).isEqualTo("0");
        subscriber.assertNotTerminated();
    }

    @Test
    void aQueryThatIsCancelledWhileItIsQueuedIsNotExecuted() {
        reopen(PgOption.PIPELINE_DEPTH, 1);
        run(connection, "create temp table t (n int)");
        RecordingSubscriber<Long> running = RecordingSubscriber.<Long>requesting(1)
                .subscribedTo(connection.query("select pg_sleep(0.3)").rowsUpdated());
        RecordingSubscriber<Long> first = RecordingSubscriber.<Long>requesting(1)
                .subscribedTo(connection.query("insert into t values (1)").rowsUpdated());
        RecordingSubscriber<Long> second = RecordingSubscriber.<Long>requesting(1)
                .subscribedTo(connection.query("insert into t values (2)").rowsUpdated());

        first.cancel();
        running.assertNotTerminated();

        running.awaitComplete();
        second.awaitComplete();
        assertThat(text(connection, "select string_agg(n::text, ' ') from t")).isEqualTo("2");
        first.assertNotTerminated();
    }

    @ParameterizedTest
    @CsvSource({"begin, 1", "select 1, 0"})
    void aQueryThatIsCancelledBeforeItsFirstRowIsCancelledOnTheServerUnlessThatAbortsATransaction(
            String before, String expected) {
        run(connection, "create temp table t (n int)");
        run(connection, before);
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(10)
                .subscribedTo(connection
                        .query("with waited as (select pg_sleep(0.3)) insert into t select 1 from waited returning n")
                        .map(row -> row.getInt(0)));
        String sql = "select wait_event from pg_stat_activity where pid = " + connection.processId();
        await("the statement runs", () -> "PgSleep".equals(postgres.queryForString(sql)));

        subscriber.cancel();

        assertThat(text(connection, "select count(*)::text from t")).isEqualTo(expected);
        assertThat(subscriber.count()).isZero();
        subscriber.assertNotTerminated();
    }

    /** From within onNext, and by another thread while the result is paused, at each row, by each kind of execution. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select n from generate_series(1, 5) n",
                "select n from generate_series(1, 3) n; select n from generate_series(4, 5) n",
                "fetch all from c"
            })
    void aCancelBehindAnyRowLeavesTheConnectionUsable(String sql) {
        run(connection, "begin; create temp table if not exists t (n int)");
        for (int rows = 0; rows <= 5; rows++) {
            for (int execution = 0; execution < 2; execution++) {
                int last = rows;
                run(connection, "declare c cursor for select n from generate_series(1, 5) n");
                Flux<Integer> numbers = connection.query(sql).map(row -> row.getInt(0));
                RecordingSubscriber<Integer> paused =
                        RecordingSubscriber.<Integer>requesting(rows).subscribedTo(numbers);
                paused.awaitCount(rows);
                paused.cancel();
                assertAnswers(connection);
                assertThat(paused.count()).isEqualTo(rows);

                run(connection, "close c; declare c cursor for select n from generate_series(1, 5) n");
                RecordingSubscriber<Integer> inOnNext = RecordingSubscriber.<Integer>requesting(Long.MAX_VALUE)
                        .inOnNext(self -> {
                            if (self.count() == last) {
                                self.cancel();
                            }
                        })
                        .subscribedTo(numbers);
                assertAnswers(connection);
                assertThat(inOnNext.count()).isEqualTo(rows == 0 ? 5 : rows);
                assertThat(inOnNext.isTerminated()).isEqualTo(rows == 0);
                run(connection, "close c");
            }
        }
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        run(connection, "rollback");
    }

    @Test
    void anErrorBehindACancelIsNobodys() {
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(1)
                .inOnNext(RecordingSubscriber::cancel)
                .subscribedTo(connection
                        .query("select 1 / (1000 - n) from generate_series(1, 2000) n")
                        .map(row -> row.getInt(0)));

        assertAnswers(connection);
        assertThat(subscriber.count()).isEqualTo(1);
        subscriber.assertNotTerminated();
    }

    @Test
    void aCancelBehindTheEndIsHarmless() {
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(10)
                .subscribedTo(numbers(connection, 3))
                .awaitComplete();

        subscriber.cancel();
        subscriber.request(1);
        subscriber.request(-1);

        assertAnswers(connection);
        subscriber.awaitComplete();
    }

    @Test
    void manyQueriesMayBeCancelledAtRandomPoints() {
        List<Integer> sizes = list(Flux.range(0, 300)
                .flatMapSequential(
                        n -> numbers(connection, n)
                                .take(n % 7 + 1)
                                .publishOn(Schedulers.parallel(), n % 3 + 1)
                                .collectList()
                                .map(List::size),
                        50));

        assertThat(sizes)
                .isEqualTo(IntStream.range(0, 300)
                        .map(n -> Math.min(n, n % 7 + 1))
                        .boxed()
                        .toList());
        assertAnswers(connection);
    }
}
