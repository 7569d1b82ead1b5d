package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.SilentLine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A server that falls silent when it is sent a statement of the driver's own: nothing waits for that without bound. */
@Timeout(60)
class ControlBoundIT {

    private static final Duration SHORT = Duration.ofMillis(400);

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @RegisterExtension
    final NothingDropped nothingDropped = new NothingDropped();

    private SilentLine line;
    private PgConnection connection;

    @BeforeEach
    void open() {
        postgres.execute("drop table if exists item; create table item (n int)");
        line = SilentLine.to(postgres.host(), postgres.port());
    }

    @AfterEach
    void close() {
        if (connection != null) {
            Connections.close(connection);
        }
        line.close();
    }

    private PgOptions options() {
        return PgOptions.parse(postgres.url())
                .with(PgOption.HOST, "127.0.0.1")
                .with(PgOption.PORT, line.port())
                .with(PgOption.DRAIN_TIMEOUT, SHORT);
    }

    private PgConnection open(PgOption<Duration> bound) {
        connection = Connections.open(options().with(bound, SHORT));
        return connection;
    }

    private static Mono<Long> insert(PgConnection connection) {
        return connection.query("insert into item values (1)").rowsUpdated();
    }

    // ---- a connection

    private static Arguments silentAt(String text, String before, Function<PgConnection, Publisher<?>> work) {
        return argumentSet(text + " behind " + before, text, before, work);
    }

    static Stream<Arguments> statements() {
        return Stream.of(
                silentAt("begin", "nothing", PgConnection::begin),
                silentAt("commit", "begin", PgConnection::commit),
                silentAt("rollback", "begin", PgConnection::rollback),
                silentAt("savepoint", "begin", connection -> connection.savepoint("s")),
                silentAt("release", "begin; savepoint s", connection -> connection.releaseSavepoint("s")),
                silentAt("rollback to", "begin; savepoint s", connection -> connection.rollbackToSavepoint("s")),
                silentAt("commit", "nothing", connection -> connection.inTransaction(ControlBoundIT::insert)),
                silentAt(
                        "savepoint",
                        "nothing",
                        connection -> connection.inTransaction(
                                transaction -> insert(transaction).then(transaction.savepoint("s")))));
    }

    @ParameterizedTest
    @MethodSource("statements")
    void whatWasSentAndIsNotAnsweredEndsWithItsDefaultBound(
            String text, String before, Function<PgConnection, Publisher<?>> work) {
        endsWithinItsBound(open(PgOption.CONTROL_TIMEOUT), text, before, work);
    }

    @ParameterizedTest
    @MethodSource("statements")
    void whatIsNotAnsweredEndsWithTheStatementTimeout(
            String text, String before, Function<PgConnection, Publisher<?>> work) {
        endsWithinItsBound(open(PgOption.STATEMENT_TIMEOUT), text, before, work);
    }

    private void endsWithinItsBound(
            PgConnection silent, String text, String before, Function<PgConnection, Publisher<?>> work) {
        if (!before.equals("nothing")) {
            run(silent, before);
        }
        line.fallSilentAt(text);

        PgException late = failure(PgException.class, work.apply(silent));

        assertThat(line.silenced()).isPositive();
        assertThat(late.safeToRetry()).isFalse();
        assertThat(late).hasMessageContaining("outcome").hasMessageContaining("unknown");
        await("the end of the connection", () -> !silent.isHealthy());
    }

    @Test
    void whatWaitsForABeginThatIsNotAnsweredWasNotSent() {
        PgConnection silent = open(PgOption.CONTROL_TIMEOUT);
        line.fallSilentAt("begin");

        PgException late = failure(
                PgException.class,
                silent.inTransaction(
                        transaction -> transaction.query("select 1; select 2").rows()));

        assertThat(late.safeToRetry()).isTrue();
        assertThat(silent.isHealthy()).isFalse();
    }

    @Test
    void theMessageNamesTheStatementAndTheBound() {
        PgConnection silent = open(PgOption.CONTROL_TIMEOUT);
        run(silent, "begin");
        line.fallSilentAt("commit");

        assertThat(failure(PgTimeoutException.class, silent.commit()))
                .hasMessage(
                        "the server did not answer COMMIT within 400 ms; its outcome is unknown, and the connection was"
                                + " closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"controlTimeout", "statementTimeout"})
    void theErrorOfAFunctionIsToldThoughItsRollbackIsNotAnswered(String bound) {
        PgConnection silent =
                open(bound.equals("controlTimeout") ? PgOption.CONTROL_TIMEOUT : PgOption.STATEMENT_TIMEOUT);
        line.fallSilentAt("rollback");
        IllegalStateException own = new IllegalStateException("of the function");

        IllegalStateException told = failure(
                IllegalStateException.class,
                silent.inTransaction(transaction -> insert(transaction).then(Mono.error(own))));

        assertThat(told).isSameAs(own);
        assertThat(told.getSuppressed()).hasAtLeastOneElementOfType(PgTimeoutException.class);
        assertThat(silent.isHealthy()).isFalse();
    }

    @Test
    void theDefaultBoundDoesNotCountTheTimeInFrontOfItsTurn() {
        PgConnection busy = open(PgOption.CONTROL_TIMEOUT);
        run(busy, "begin");

        CompletableFuture<Long> slow =
                busy.query("select pg_sleep(1)").rowsUpdated().toFuture();
        busy.commit().block(TIMEOUT);

        assertThat(slow).isCompleted();
        assertAnswers(busy);
    }

    @Test
    void theStatementTimeoutCountsItAndWithdrawsWhatWasNotSent() {
        PgConnection busy = open(PgOption.STATEMENT_TIMEOUT);
        run(busy, "begin");
        CompletableFuture<Long> slow =
                busy.query("select pg_sleep(1)").timeout(TIMEOUT).rowsUpdated().toFuture();

        PgTimeoutException late = failure(PgTimeoutException.class, busy.commit());

        assertThat(late.safeToRetry()).isTrue();
        assertThat(late).hasMessageContaining("not sent");
        slow.join();
        assertThat(busy.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        assertAnswers(busy);
    }

    @Test
    void aRollbackThatIsLateTakesTheConnectionWithItThoughItWasNotSent() {
        PgConnection busy = open(PgOption.STATEMENT_TIMEOUT);
        run(busy, "begin");
        insert(busy).block(TIMEOUT);
        CompletableFuture<Long> slow = busy.query("select pg_sleep(2)")
                .timeout(Duration.ofMinutes(1))
                .rowsUpdated()
                .toFuture();

        PgTimeoutException late = failure(PgTimeoutException.class, busy.rollback());

        assertThat(late.safeToRetry()).isTrue();
        await("the end of the connection", () -> !busy.isHealthy());
        assertThat(slow).isCompletedExceptionally();
    }

    @Test
    void aCommitWhoseUserIsGoneClosesTheConnectionThatDoesNotAnswer() {
        PgConnection silent = open(PgOption.CONTROL_TIMEOUT);
        run(silent, "begin");
        line.fallSilentAt("commit");

        silent.commit().timeout(Duration.ofMillis(50)).onErrorComplete().block(TIMEOUT);

        assertThat(silent.isHealthy()).isTrue();
        await("the end of the connection", () -> !silent.isHealthy());
    }

    // ---- validation

    @ParameterizedTest
    @ValueSource(strings = {"validationTimeout=400ms", "validationTimeout=400ms&statementTimeout=100ms"})
    void aServerThatDoesNotAnswerIsNotValid(String options) {
        connection = Connections.open(PgOptions.parse(postgres.url() + "?" + options)
                .with(PgOption.HOST, "127.0.0.1")
                .with(PgOption.PORT, line.port()));
        assertThat(connection.validate().block(TIMEOUT)).isTrue();
        line.fallSilentAt("select 1");

        assertThat(connection.validate().block(TIMEOUT)).isFalse();
        assertThat(connection.isHealthy()).isFalse();
        assertThat(connection.validate().block(TIMEOUT)).isFalse();
    }

    @Test
    void anErrorIsASignOfLife() {
        connection = Connections.open(options());
        run(connection, "begin");
        failure(PgServerException.class, connection.query("select 1/0").rowsUpdated());

        assertThat(connection.validate().block(TIMEOUT)).isTrue();
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
    }

    @Test
    void validationDoesNotCountAgainstTheStatementTimeout() {
        connection = Connections.open(options().with(PgOption.STATEMENT_TIMEOUT, SHORT));
        CompletableFuture<Long> slow = connection
                .query("select pg_sleep(1)")
                .timeout(TIMEOUT)
                .rowsUpdated()
                .toFuture();

        assertThat(connection.validate().block(TIMEOUT)).isTrue();
        assertThat(slow).isCompleted();
    }

    // ---- a client

    private PgClient client(PgOption<Duration> bound) {
        return PgClient.create(options().with(PgOption.POOL_SIZE, 3).with(bound, SHORT));
    }

    static Stream<Arguments> transactions() {
        return Stream.of(
                argumentSet("BEGIN in front of a statement", "begin", work(ControlBoundIT::insert)),
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
                argumentSet("COMMIT", "commit", work(ControlBoundIT::insert)),
                argumentSet(
                        "ROLLBACK",
                        "rollback",
                        work(transaction ->
                                insert(transaction).then(Mono.error(new IllegalStateException("of the function"))))),
                argumentSet(
                        "ROLLBACK behind a cancel",
                        "rollback",
                        work(transaction -> insert(transaction).then(Mono.never()))));
    }

    private static Function<PgConnection, Publisher<Long>> work(Function<PgConnection, Mono<Long>> work) {
        return work::apply;
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
        Flux<Long> impatient = client.inTransaction(work).timeout(Duration.ofMillis(500));
        Flux.range(0, 3).flatMap(n -> impatient.onErrorComplete()).blockLast(TIMEOUT);
        await("the line to be silent", () -> line.silenced() == 3);
        line.listenAgain();

        List<Long> later = insertThreeTimes(client);

        assertThat(later).containsExactly(1L, 1L, 1L);
        client.close().block(TIMEOUT);
    }

    private static List<Long> insertThreeTimes(PgClient client) {
        return Flux.range(0, 3)
                .flatMap(n -> client.inTransaction(ControlBoundIT::insert))
                .collectList()
                .block(TIMEOUT);
    }

    @Test
    void aResetThatIsNotAnsweredCostsTheNextUserNotMoreThanTheBound() {
        PgClient client = PgClient.create(options().with(PgOption.POOL_SIZE, 1).with(PgOption.CONTROL_TIMEOUT, SHORT));
        Flux<Long> changing = client.inTransaction(transaction ->
                transaction.query("set application_name = 'left'").rowsUpdated());
        changing.thenMany(changing).blockLast(TIMEOUT);
        line.fallSilentAt("discard|unlisten");

        Flux<Long> next = client.inTransaction(ControlBoundIT::insert);
        failure(PgConnectionException.class, next);
        assertThat(line.silenced()).isOne();
        line.listenAgain();

        assertThat(next.blockLast(TIMEOUT)).isOne();
        client.close().block(TIMEOUT);
    }

    /** The first one is sent when the connection is handed back, to see whether the server does it. */
    @Test
    void noMoreDoesOneThatIsNotAnsweredWhenAConnectionIsHandedBack() {
        PgClient client = PgClient.create(options().with(PgOption.POOL_SIZE, 1).with(PgOption.CONTROL_TIMEOUT, SHORT));
        line.fallSilentAt("discard|unlisten");
        client.inTransaction(transaction ->
                        transaction.query("set application_name = 'left'").rowsUpdated())
                .blockLast(TIMEOUT);
        await("the reset", () -> line.silenced() == 1);
        line.listenAgain();

        assertThat(client.inTransaction(ControlBoundIT::insert).blockLast(TIMEOUT))
                .isOne();
        client.close().block(TIMEOUT);
    }

    @Test
    void closingAClientDoesNotWaitForWhatIsNotAnswered() {
        PgClient client = client(PgOption.CONTROL_TIMEOUT);
        line.fallSilentAt("commit");
        client.inTransaction(ControlBoundIT::insert)
                .timeout(Duration.ofMillis(100))
                .onErrorComplete()
                .blockLast(TIMEOUT);

        client.close().block(TIMEOUT);

        connection = Connections.open(options());
        assertThat(text(connection, "select count(*)::text from item")).isEqualTo("0");
    }
}
