package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A client whose server falls silent at a statement of the driver's own: its pool pays no more than the bound. */
@Tag("once")
class ClientControlBoundIT extends ControlBoundFixture {

    private static final long GIVE_UP = -1;

    private PgClient client(PgOption<Duration> bound) {
        return PgClient.create(options().with(PgOption.POOL_SIZE, 3).with(bound, LONGER));
    }

    static Stream<Arguments> transactions() {
        return Stream.of(
                argumentSet(
                        "BEGIN in front of a statement",
                        "begin",
                        work(transaction ->
                                transaction.query("insert into item values (1)").rowsUpdated())),
                argumentSet(
                        "BEGIN ahead",
                        "begin",
                        work(transaction ->
                                transaction.query("select 1; select 2").rowsUpdated())),
                argumentSet(
                        "a statement",
                        "select 42",
                        work(transaction -> insert(transaction)
                                .then(transaction.query("select 42").rowsUpdated()))),
                argumentSet(
                        "a statement that somebody else waits for",
                        "select 42",
                        work(transaction -> insert(transaction)
                                .then(Mono.fromRunnable(() -> transaction
                                        .query("select 42")
                                        .rowsUpdated()
                                        .subscribe(n -> {}, lost -> {})))
                                .then(Mono.never()))),
                argumentSet(
                        "SAVEPOINT",
                        "savepoint",
                        work(transaction -> insert(transaction)
                                .then(transaction.savepoint("s"))
                                .thenReturn(1L))),
                argumentSet("COMMIT", "commit", work(ClientControlBoundIT::insert)),
                argumentSet(
                        "ROLLBACK",
                        "rollback",
                        work(transaction ->
                                insert(transaction).then(Mono.error(new IllegalStateException("of the function"))))),
                argumentSet(
                        "ROLLBACK behind a cancel",
                        "rollback",
                        work(transaction ->
                                insert(transaction).thenReturn(GIVE_UP).concatWith(Mono.never()))));
    }

    private static Function<PgConnection, Publisher<Long>> work(Function<PgConnection, Publisher<Long>> work) {
        return work;
    }

    @ParameterizedTest
    @MethodSource("transactions")
    void callersWhoGaveUpCostThePoolNothingBeyondTheBound(String text, Function<PgConnection, Publisher<Long>> work) {
        giveUpAndGoOn(client(PgOption.CONTROL_TIMEOUT), text, work);
    }

    @ParameterizedTest
    @MethodSource("transactions")
    void norDoTheyWithAStatementTimeout(String text, Function<PgConnection, Publisher<Long>> work) {
        giveUpAndGoOn(client(PgOption.STATEMENT_TIMEOUT), text, work);
    }

    private void giveUpAndGoOn(PgClient client, String text, Function<PgConnection, Publisher<Long>> work) {
        // connecting is not what the callers lose their patience with
        insertThreeTimes(client);
        line.fallSilentAt(text);
        Flux<Long> impatient =
                client.inTransaction(work).takeUntil(value -> value == GIVE_UP).takeUntilOther(silence(3));
        Flux.range(0, 3).flatMap(n -> impatient.onErrorComplete()).blockLast(TIMEOUT);
        await("the line to be silent", () -> line.silenced() == 3);
        line.listenAgain();

        List<Long> later = insertThreeTimes(client);

        assertThat(later).containsExactly(1L, 1L, 1L);
        client.close().block(TIMEOUT);
    }

    private static List<Long> insertThreeTimes(PgClient client) {
        return Flux.range(0, 3)
                .flatMap(n -> client.inTransaction(ClientControlBoundIT::insert))
                .collectList()
                .block(TIMEOUT);
    }

    @Test
    void aResetThatIsNotAnsweredCostsTheNextUserNotMoreThanTheBound() {
        PgClient client = PgClient.create(options().with(PgOption.POOL_SIZE, 1).with(PgOption.CONTROL_TIMEOUT, LONGER));
        Flux<Long> changing = client.inTransaction(transaction ->
                transaction.query("set application_name = 'left'").rowsUpdated());
        changing.thenMany(changing).blockLast(TIMEOUT);
        line.fallSilentAt("discard|unlisten");

        Flux<Long> next = client.inTransaction(ClientControlBoundIT::insert);
        failure(PgConnectionException.class, next);
        assertThat(line.silenced()).isOne();
        line.listenAgain();

        assertThat(next.blockLast(TIMEOUT)).isOne();
        client.close().block(TIMEOUT);
    }

    /** The first one is sent when the connection is handed back, to see whether the server does it. */
    @Test
    void noMoreDoesOneThatIsNotAnsweredWhenAConnectionIsHandedBack() {
        PgClient client = PgClient.create(options().with(PgOption.POOL_SIZE, 1).with(PgOption.CONTROL_TIMEOUT, LONGER));
        line.fallSilentAt("discard|unlisten");
        client.inTransaction(transaction ->
                        transaction.query("set application_name = 'left'").rowsUpdated())
                .blockLast(TIMEOUT);
        await("the reset", () -> line.silenced() == 1);
        line.listenAgain();

        assertThat(client.inTransaction(ClientControlBoundIT::insert).blockLast(TIMEOUT))
                .isOne();
        client.close().block(TIMEOUT);
    }

    @Test
    void closingAClientDoesNotWaitForWhatIsNotAnswered() {
        PgClient client = client(PgOption.CONTROL_TIMEOUT);
        line.fallSilentAt("commit");
        client.inTransaction(ClientControlBoundIT::insert)
                .takeUntilOther(silence(1))
                .blockLast(TIMEOUT);

        client.close().block(TIMEOUT);

        connection = Connections.open(options());
        assertThat(text(connection, "select count(*)::text from item")).isEqualTo("0");
    }
}
