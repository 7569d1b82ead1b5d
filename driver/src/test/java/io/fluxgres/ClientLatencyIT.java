package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.DelayProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** A client far away from its server. */
@Timeout(120)
class ClientLatencyIT extends ClientFixture {

    private DelayProxy proxy(int roundTrip) {
        return DelayProxy.start(postgres.host(), postgres.port(), Duration.ofNanos(roundTrip * 500_000L));
    }

    private static PgOptions options(DelayProxy proxy) {
        return PgOptions.parse(postgres.url()).with(PgOption.HOST, "127.0.0.1").with(PgOption.PORT, proxy.port());
    }

    /** As many are in flight as make 5000 a second: it is the line that bounds them then, and not a busy machine. */
    @ParameterizedTest
    @ValueSource(ints = {4, 10, 25, 60, 150})
    void aClientExecutesAsManyStatementsAsAConnection(int roundTrip) {
        try (DelayProxy proxy = proxy(roundTrip)) {
            PgClient client = closedBehindTheTest(PgClient.create(options(proxy)));
            PgConnection connection = client.connect().block(TIMEOUT);
            int inFlight = Math.min(200, 5 * roundTrip);
            double best = 0;
            for (int round = 0; round < 10 && best < 0.8; round++) {
                double ofConnection = throughput(
                        inFlight, n -> connection.query("select $1::text").bind("x" + n));
                double ofClient = throughput(
                        inFlight, n -> client.query("select $1::text").bind("x" + n));
                best = Math.max(best, ofClient / ofConnection);
            }
            assertThat(best).isGreaterThanOrEqualTo(0.8);
            Connections.close(connection);
        }
    }

    @Test
    void coldStatementsOfOneTextNeedNoConnectionsOfThePool() {
        try (DelayProxy proxy = proxy(60)) {
            RecordingObserver observer = new RecordingObserver();
            PgClient client = closedBehindTheTest(PgClient.create(
                    options(proxy).with(PgOption.SHARED_CONNECTIONS, 1).with(PgOption.OBSERVER, observer)));

            List<Integer> answers = list(Flux.range(0, 200)
                    .flatMap(n -> client.query("select $1").bind(n).map(row -> row.getInt(0)), 200));

            assertThat(answers).hasSize(200);
            assertThat(observer.connects()).hasSize(1);
        }
    }

    @Test
    void aStatementThatIsSlowBeyondTheRoundTripHoldsUpNobody() {
        try (DelayProxy proxy = proxy(60)) {
            PgClient client = closedBehindTheTest(PgClient.create(options(proxy).with(PgOption.SHARED_CONNECTIONS, 1)));
            list(client.query("select 1").map(row -> row.getInt(0)));
            // a connection of the pool is there, for to make one takes several round trips
            list(client.query("select 1").exclusive().map(row -> row.getInt(0)));
            RecordingSubscriber<Integer> slow = RecordingSubscriber.<Integer>requesting(1)
                    .subscribedTo(client.query("select 1 from pg_sleep(60)").map(row -> row.getInt(0)));

            // it waits for the round trip and 20 ms, and takes a round trip
            list(client.query("select 1").map(row -> row.getInt(0)));

            assertThat(slow.isTerminated()).isFalse();
            slow.cancel();
        }
    }

    private static double throughput(int inFlight, IntFunction<PgQuery> query) {
        long begun = System.nanoTime();
        long count = Flux.range(0, Integer.MAX_VALUE)
                .flatMap(n -> query.apply(n).map(row -> row.getString(0)), inFlight)
                .take(Duration.ofMillis(1500))
                .count()
                .block(TIMEOUT);
        return (double) count * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begun);
    }
}
