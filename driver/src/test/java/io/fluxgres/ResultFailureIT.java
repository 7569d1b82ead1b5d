package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Who learns of the failure of a result, and what a cancel leaves behind. */
@Timeout(60)
class ResultFailureIT extends ResultFixture {

    // ---- errors

    @Test
    void anErrorInFrontOfTheFirstRowIsOneOfTheOuterPublisher() {
        run(connection, "insert into item values (1)");

        assertThat(failure(
                                PgServerException.class,
                                connection
                                        .query("insert into item values (1)")
                                        .execute()
                                        .next())
                        .sqlState())
                .isEqualTo("23505");
        assertThat(failure(
                                PgServerException.class,
                                connection.query("select 1/0").execute())
                        .sqlState())
                .isEqualTo("22012");
        assertAnswers(connection);
    }

    @Test
    void aDeferredConstraintFailsBeforeTheResultIsGiven() {
        run(connection, "insert into item values (1, 1)");
        AtomicBoolean given = new AtomicBoolean();

        Flux<PgResult> results =
                connection.query("insert into item values (2, 1)").execute().doOnNext(result -> given.set(true));

        assertThat(failure(PgServerException.class, results.next()).sqlState()).isEqualTo("23505");
        assertThat(given).isFalse();
    }

    @Test
    void aDeferredConstraintFailsTheResultWhoseRowsHaveCome() {
        run(connection, "insert into item values (1, 1)");

        Flux<Integer> numbers = connection
                .query("insert into item values (2, 1) returning id")
                .execute()
                .next()
                .flatMapMany(ResultFixture::numbers);

        StepVerifier.create(numbers)
                .expectNext(2)
                .expectErrorSatisfies(error ->
                        assertThat(((PgServerException) error).sqlState()).isEqualTo("23505"))
                .verify(TIMEOUT);
    }

    @Test
    void aResultThatFailsAndIsNotConsumedFailsTheOuterPublisher() {
        failure(
                PgServerException.class,
                connection
                        .query("select 10 / (3 - i) from generate_series(1, 5) i")
                        .execute()
                        .then());
        assertAnswers(connection);
    }

    @Test
    void anErrorThatAResultHasTakenIsNotSignalledTwice() {
        List<Integer> seen = list(connection
                .query("select 10 / (3 - i) from generate_series(1, 5) i")
                .execute()
                .flatMap(result -> numbers(result).onErrorReturn(-1)));

        assertThat(seen).containsExactly(5, 10, -1);
    }

    @Test
    void aLaterStatementThatFailsTakesTheCountOfTheEarlierOneBack() {
        failure(
                PgServerException.class,
                connection
                        .query("insert into item values (1); select 1/0")
                        .execute()
                        .next());
        assertThat(Connections.text(connection, "select count(*) from item")).isEqualTo("0");
    }

    @Test
    void aResultThatIsOpenFailsWithItsConnection() {
        PgResult open = result(MANY);

        Connections.close(connection);

        failure(PgException.class, numbers(open));
    }

    @Test
    void aRollbackDiscardsAResultThatIsOpen() {
        run(connection, "begin");
        PgResult open = result(MANY);
        PgResult kept = result("select 5");

        connection.rollback().block(TIMEOUT);

        failure(PgBackpressureException.class, numbers(open));
        failure(PgBackpressureException.class, numbers(kept));
        assertAnswers(connection);
    }

    @Test
    void theDeadlineFailsAResultThatIsOpen() {
        PgResult open = one(
                connection.query(MANY).timeout(Duration.ofMillis(300)).execute().next());

        StepVerifier.create(numbers(open), 0)
                .expectError(PgTimeoutException.class)
                .verify(TIMEOUT);
        assertAnswers(connection);
    }

    // ---- cancels

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select pg_sleep(20)",
                "select * from generate_series(1, 100000000)",
                "select 1; select pg_sleep(20)"
            })
    void aCancelBeforeTheFirstResultEndsTheQuery(String sql) {
        AtomicBoolean begun = new AtomicBoolean();
        connection
                .query(sql)
                .execute()
                .doOnSubscribe(s -> begun.set(true))
                .subscribe()
                .dispose();

        await("subscribed", begun::get);
        assertAnswers(connection);
    }

    @Test
    void requestingNothingPositiveIsAnErrorOfTheResult() {
        PgResult result = result("select 1");
        RecordingSubscriber<Integer> subscriber =
                RecordingSubscriber.<Integer>requesting(0).subscribedTo(numbers(result));

        subscriber.request(0);

        subscriber.awaitError(IllegalArgumentException.class);
        assertAnswers(connection);
    }
}
