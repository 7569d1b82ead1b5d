package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.fluxgres.PgConnection;
import io.fluxgres.PgTimeoutException;
import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.SilentLine;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A server that falls silent at what is no statement of the user: nothing waits for that without bound. */
@Tag("once")
@Timeout(60)
class ControlBoundIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private SilentLine line;

    @BeforeEach
    void open() {
        line = SilentLine.to(postgres.host(), postgres.port());
    }

    @AfterEach
    void close() {
        line.close();
    }

    /** Returns a connection with further options as {@code name, value} pairs. */
    private Connection connect(Object... options) {
        Object[] all = new Object[options.length + 6];
        System.arraycopy(options, 0, all, 0, options.length);
        System.arraycopy(
                new Object[] {"host", "127.0.0.1", "port", line.port(), "drainTimeout", "300ms"},
                0,
                all,
                options.length,
                6);
        return Factories.open(Factories.factory(postgres, all));
    }

    private static Arguments silentAt(String regex, String before, Function<Connection, Publisher<Void>> work) {
        return argumentSet(regex + " behind " + before, regex, before, work);
    }

    static Stream<Arguments> statements() {
        return Stream.of(
                silentAt("begin", "nothing", Connection::beginTransaction),
                silentAt("begin", "nothing", connection -> connection.beginTransaction(IsolationLevel.SERIALIZABLE)),
                silentAt(
                        "lock_timeout",
                        "nothing",
                        connection -> connection.beginTransaction(new LockWait(Duration.ofSeconds(1)))),
                silentAt("commit", "begin", Connection::commitTransaction),
                silentAt(
                        "commit",
                        "begin",
                        connection -> Mono.from(connection.setAutoCommit(false))
                                .then(Mono.from(connection.setAutoCommit(true)))),
                silentAt("rollback", "begin", Connection::rollbackTransaction),
                silentAt("savepoint", "begin", connection -> connection.createSavepoint("s")),
                silentAt("release", "savepoint", connection -> connection.releaseSavepoint("s")),
                silentAt("rollback to", "savepoint", connection -> connection.rollbackTransactionToSavepoint("s")),
                silentAt(
                        "isolation",
                        "nothing",
                        connection -> connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)),
                silentAt(
                        "isolation",
                        "begin",
                        connection -> connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)),
                silentAt("lock_timeout", "nothing", connection -> connection.setLockWaitTimeout(Duration.ofSeconds(1))),
                silentAt("rollback", "begin", connection -> ((Lifecycle) connection).preRelease()));
    }

    private record LockWait(Duration timeout) implements TransactionDefinition {

        @Override
        public <T> T getAttribute(io.r2dbc.spi.Option<T> option) {
            return option.equals(LOCK_WAIT_TIMEOUT) ? option.cast(timeout) : null;
        }
    }

    @ParameterizedTest
    @MethodSource("statements")
    void whatIsNotAnsweredEndsWithItsDefaultBound(
            String regex, String before, Function<Connection, Publisher<Void>> work) {
        endsWithinItsBound(connect("controlTimeout", "400ms"), regex, before, work);
    }

    @ParameterizedTest
    @MethodSource("statements")
    void whatIsNotAnsweredEndsWithTheTimeoutOfAllStatements(
            String regex, String before, Function<Connection, Publisher<Void>> work) {
        endsWithinItsBound(connect("statementTimeout", "400ms"), regex, before, work);
    }

    @ParameterizedTest
    @MethodSource("statements")
    void whatIsNotAnsweredEndsWithTheTimeoutThatWasSet(
            String regex, String before, Function<Connection, Publisher<Void>> work) {
        // the hand-back undoes what was set
        Connection silent = connect("controlTimeout", regex.equals("rollback") ? "1s" : "30s");
        await(silent.setStatementTimeout(Duration.ofMillis(400)));
        endsWithinItsBound(silent, regex, before, work);
    }

    private void endsWithinItsBound(
            Connection silent, String regex, String before, Function<Connection, Publisher<Void>> work) {
        if (!before.equals("nothing")) {
            runPatiently(silent, "begin");
        }
        if (before.equals("savepoint")) {
            runPatiently(silent, "savepoint s");
        }
        line.fallSilentAt(regex);

        Throwable late = catchThrowable(() -> await(work.apply(silent)));

        assertThat(Flux.interval(Duration.ofMillis(5))
                        .onBackpressureDrop()
                        .filter(n -> line.silenced() > 0)
                        .blockFirst(TIMEOUT))
                .isNotNull();
        assertThat(late).isInstanceOf(R2dbcException.class);
        awaitEnd(silent);
    }

    /** The driver's, which is the same here, and the adapter's. */
    @Test
    void ofTwoBoundsThatPassAtOnceOneIsTold() {
        Connection silent = connect();
        Mono<Void> statement = new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Void> subscriber) {
                subscriber.onSubscribe(new Subscription() {
                    @Override
                    public void request(long n) {}

                    @Override
                    public void cancel() {
                        subscriber.onError(new IllegalStateException("the other bound has passed"));
                    }
                });
            }
        };
        ControlBound bound = new ControlBound(unwrapped(silent), Duration.ofSeconds(5));

        assertThat(catchThrowable(() -> await(bound.control(statement, Duration.ofMillis(1)))))
                .isInstanceOf(PgTimeoutException.class);
        awaitEnd(silent);
    }

    /** The machine may be busy, and this is not what has the bound. */
    private static void runPatiently(Connection connection, String sql) {
        PgConnection driver = unwrapped(connection);
        driver.query(sql).timeout(TIMEOUT).rowsUpdated().block(TIMEOUT);
    }

    private static PgConnection unwrapped(Connection connection) {
        return (PgConnection) ((Wrapped<?>) connection).unwrap();
    }

    private static void awaitEnd(Connection silent) {
        Boolean ended = Mono.from(silent.validate(ValidationDepth.LOCAL))
                .filter(healthy -> !healthy)
                .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(10)))
                .block(TIMEOUT);
        assertThat(ended).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"30s", "100ms"})
    void onlyAnAnswerProvesLife(String statementTimeout) {
        Connection silent = connect("validationTimeout", "1s", "statementTimeout", statementTimeout);
        assertThat(await(silent.validate(ValidationDepth.REMOTE))).isTrue();
        line.fallSilentAt("select 1");

        assertThat(await(silent.validate(ValidationDepth.REMOTE))).isFalse();
        assertThat(await(silent.validate(ValidationDepth.LOCAL))).isFalse();
    }

    @Test
    void aFailedTransactionIsASignOfLife() {
        Connection alive = connect();
        await(alive.beginTransaction());
        assertThat(catchThrowable(() -> run(alive, "select 1/0"))).isInstanceOf(R2dbcException.class);

        assertThat(await(alive.validate(ValidationDepth.REMOTE))).isTrue();
        await(alive.close());
    }

    @Test
    void aConnectionWhoseSettingsAreNotAnsweredIsNoConnection() {
        line.fallSilentAt("set_config");

        Throwable late = catchThrowable(() -> connect("controlTimeout", "400ms", "options", "work_mem=4MB"));

        assertThat(line.silenced()).isOne();
        assertThat(late).isInstanceOf(R2dbcException.class);
    }

    @Test
    void aConnectionClosesThoughNothingIsAnswered() {
        Connection silent = connect();
        await(silent.beginTransaction());
        line.fallSilentAt(".");

        await(silent.close());

        assertThat(await(silent.validate(ValidationDepth.LOCAL))).isFalse();
    }
}
