package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.fluxgres.testkit.PostgresExtension;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/**
 * A statement fails on its event loop while its subscriber cancels on another thread, as {@code flatMap} does with all other
 * statements when one has failed. The error reaches nobody: it would be reported as dropped.
 */
@Timeout(60)
class CrossingCancelIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @RegisterExtension
    final NothingDropped nothingDropped = new NothingDropped();

    static Stream<Arguments> doors() {
        return Stream.of(
                argumentSet("connection", door(PgConnection::query)),
                argumentSet("client", (Function<PgClient, PgQuery>) client -> client.query("select 1")),
                argumentSet("exclusive", (Function<PgClient, PgQuery>)
                        client -> client.query("select 1").exclusive()));
    }

    private interface Door {
        PgQuery query(PgConnection connection, String sql);
    }

    private static Function<PgClient, PgQuery> door(Door door) {
        return client -> {
            PgConnection connection = client.connect().block(TIMEOUT);
            assertThat(connection).isNotNull();
            return door.query(connection, "select 1");
        };
    }

    @ParameterizedTest
    @MethodSource("doors")
    void anErrorThatMeetsACancelIsNotSignalled(Function<PgClient, PgQuery> door) throws InterruptedException {
        PgClient client = PgClient.create(postgres.url() + "?sharedConnections=1&poolSize=1");
        PgQuery query = door.apply(client);
        CountDownLatch mapping = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        Flux<Integer> failing = query.map(row -> {
            mapping.countDown();
            awaitOnTheLoop(cancelled);
            throw new IllegalStateException("cannot map");
        });
        RecordingSubscriber<Integer> subscriber =
                RecordingSubscriber.<Integer>requesting(Long.MAX_VALUE).subscribedTo(failing);
        assertThat(mapping.await(20, TimeUnit.SECONDS)).isTrue();

        subscriber.cancel();
        cancelled.countDown();

        assertThat(query.map(row -> row.getInt(0)).blockLast(TIMEOUT)).isOne();
        assertThat(subscriber.isTerminated()).isFalse();
        client.close().block(TIMEOUT);
    }

    private static void awaitOnTheLoop(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
