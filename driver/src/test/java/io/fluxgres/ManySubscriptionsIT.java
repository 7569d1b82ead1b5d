package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Very many subscriptions to one connection, one behind the other and at once. */
@Timeout(120)
class ManySubscriptionsIT extends ConnectionFixture {

    @Test
    void repeatingAHundredThousandTimesDoesNotOverflowTheStack() {
        Long count = connection
                .query("select 1")
                .map(row -> row.getInt(0))
                .repeat(99_999)
                .count()
                .block(Connections.TIMEOUT.multipliedBy(4));

        assertThat(count).isEqualTo(100_000);
    }

    @Test
    void retryingAMillionTimesOnAClosedConnectionDoesNotOverflowTheStack() {
        Connections.close(connection);
        AtomicInteger attempts = new AtomicInteger();

        PgConnectionException error = failure(
                PgConnectionException.class,
                connection
                        .query("select 1")
                        .rows()
                        .doOnSubscribe(subscription -> attempts.incrementAndGet())
                        .retry(1_000_000));

        assertThat(error.safeToRetry()).isTrue();
        assertThat(attempts).hasValue(1_000_001);
    }

    @Test
    void retryingARefusedQueryDoesNotOverflowTheStack() {
        failure(PgUsageException.class, connection.query("select '\0'").rows().retry(100_000));
        assertAnswers(connection);
    }

    @Test
    void aFailingQueryMayBeRetriedManyTimes() {
        failure(PgServerException.class, connection.query("select 1 / 0").rows().retry(2000));
        assertAnswers(connection);
    }

    @Test
    void thousandsOfSubscribersShareAConnectionInTheOrderOfTheirSubscriptions() {
        run(connection, "create temp sequence s");
        List<Long> order = list(Flux.range(0, 5000)
                .flatMap(n -> connection.query("select nextval('s')").map(row -> row.getLong(0)), 5000));

        assertThat(order)
                .isEqualTo(
                        IntStream.rangeClosed(1, 5000).mapToLong(n -> n).boxed().toList());
    }

    @Test
    void manyThreadsShareAConnection() {
        Long sum = Flux.range(0, 8)
                .flatMap(
                        thread -> Flux.range(0, 400)
                                .concatMap(n -> connection
                                        .query("select $1::int")
                                        .bind(thread * 1000 + n)
                                        .map(row -> {
                                            assertThat(row.getInt(0)).isEqualTo(thread * 1000 + n);
                                            return 1L;
                                        })
                                        .publishOn(Schedulers.boundedElastic()))
                                .subscribeOn(Schedulers.boundedElastic()),
                        8)
                .reduce(0L, Long::sum)
                .block(TIMEOUT);

        assertThat(sum).isEqualTo(3200);
        assertThat(text(connection, "select 'end'")).isEqualTo("end");
    }
}
