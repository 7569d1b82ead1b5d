package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A server that falls silent when it is sent a statement of the driver's own: nothing waits for that without bound. */
@Tag("once")
class ControlBoundIT extends ControlBoundFixture {

    // ---- statements

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

        await("the line to be silent", () -> line.silenced() > 0);
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
        PgConnection busy = open(PgOption.CONTROL_TIMEOUT, LONGER);
        run(busy, "begin");

        CompletableFuture<Long> slow =
                busy.query("select pg_sleep(1.5)").rowsUpdated().toFuture();
        busy.commit().block(TIMEOUT);

        assertThat(slow).isCompleted();
        assertAnswers(busy);
    }

    @Test
    void theStatementTimeoutCountsItAndWithdrawsWhatWasNotSent() {
        PgConnection busy = open(PgOption.STATEMENT_TIMEOUT);
        run(busy, "begin");
        CompletableFuture<Long> slow =
                busy.query("select pg_sleep(2)").timeout(TIMEOUT).rowsUpdated().toFuture();

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
        assertThat(slow).failsWithin(TIMEOUT);
    }

    @Test
    void aCommitWhoseUserIsGoneClosesTheConnectionThatDoesNotAnswer() {
        PgConnection silent = open(PgOption.CONTROL_TIMEOUT, LONGER);
        run(silent, "begin");
        line.fallSilentAt("commit");

        silent.commit().takeUntilOther(silence(1)).block(TIMEOUT);

        assertThat(silent.isHealthy()).isTrue();
        await("the end of the connection", () -> !silent.isHealthy());
    }

    // ---- validation

    @ParameterizedTest
    @ValueSource(strings = {"validationTimeout=1s", "validationTimeout=1s&statementTimeout=100ms"})
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
}
