package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.fluxgres.testkit.NothingDropped;
import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.SilentLine;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * Statements of one {@code flatMap} that end together, with their connection: the first error ends it and cancels the others,
 * whose errors must not reach the log as dropped. On several event loops one of them may, for {@code flatMap} is ended before
 * it cancels; on one it cannot.
 */
@Timeout(60)
class LostTogetherIT {

    private static final int STATEMENTS = 100;
    private static final String APPLICATION = "LostTogetherIT";

    private static final String SLEEPING =
            "application_name = '" + APPLICATION + "' and wait_event = 'PgSleep' and state = 'active'";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private interface Door {
        Flux<?> open(PgClient client, PgConnection connection);
    }

    private interface Statement {
        Publisher<?> of(PgQuery query);
    }

    private static Flux<?> together(PgConnection connection, Statement statement) {
        return Flux.range(0, STATEMENTS)
                .flatMap(n -> statement.of(connection.query("select pg_sleep(30)")), STATEMENTS);
    }

    static final List<Arguments> doors = List.of(
            door("rows", (client, connection) -> together(connection, PgQuery::rows)),
            door("counts", (client, connection) -> together(connection, PgQuery::rowsUpdated)),
            door(
                    "results",
                    (client, connection) ->
                            together(connection, query -> query.execute().flatMap(PgResult::rows))),
            door(
                    "cursors",
                    (client, connection) ->
                            together(connection, query -> query.fetchSize(1).rows())),
            door(
                    "transaction",
                    (client, connection) ->
                            connection.inTransaction(transaction -> together(transaction, PgQuery::rows))),
            door(
                    "transaction of a client",
                    (client, connection) -> client.inTransaction(transaction -> together(transaction, PgQuery::rows))));

    private static Arguments door(String name, Door door) {
        return argumentSet(name, door);
    }

    @ParameterizedTest
    @FieldSource("doors")
    void noErrorIsDroppedWhenTheServerEndsTheConnection(Door door) {
        assertNothingDropped(door, line -> terminate());
    }

    @ParameterizedTest
    @FieldSource("doors")
    void noErrorIsDroppedWhenTheConnectionIsCut(Door door) {
        assertNothingDropped(door, SilentLine::close);
        terminate();
    }

    private static void assertNothingDropped(Door door, Consumer<SilentLine> end) {
        try (SilentLine line = SilentLine.to(postgres.host(), postgres.port())) {
            PgClient client = PgClient.create(PgOptions.parse(postgres.url())
                    .with(PgOption.HOST, "localhost")
                    .with(PgOption.PORT, line.port())
                    .with(PgOption.APPLICATION_NAME, APPLICATION));
            PgConnection connection = client.connect().blockOptional(TIMEOUT).orElseThrow();
            RecordingSubscriber<Object> subscriber = RecordingSubscriber.<Object>requesting(Long.MAX_VALUE)
                    .subscribedTo(door.open(client, connection).cast(Object.class));
            await("the server executes the first", LostTogetherIT::isSleeping);

            end.accept(line);

            subscriber.awaitError(PgException.class);
            client.close(Duration.ZERO).block(TIMEOUT);
            connection.close().block(TIMEOUT);
            assertThat(NothingDropped.take()).isEmpty();
        }
    }

    private static boolean isSleeping() {
        return "t".equals(postgres.queryForString("select count(*) > 0 from pg_stat_activity where " + SLEEPING));
    }

    private static void terminate() {
        postgres.execute("select pg_terminate_backend(pid, 10000) from pg_stat_activity where " + SLEEPING);
    }
}
