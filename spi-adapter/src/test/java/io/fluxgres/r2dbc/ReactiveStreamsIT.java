package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.await;

import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.ReactiveStreamsRules;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The rules of Reactive Streams, by their own TCK, for each kind of publisher that the adapter hands out. */
class ReactiveStreamsIT {

    private static final int SIGNAL_MILLIS = 2_000;
    private static final int NO_SIGNAL_MILLIS = 10;
    private static final int COLLECTED_MILLIS = 300;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private Connection connection;

    private final ReactiveStreamsRules rules = new ReactiveStreamsRules(this::close);

    /** Opens what a rule needs when it is not skipped. */
    private void open() {
        if (connection == null) {
            connection = Factories.open(Factories.factory(postgres));
        }
    }

    private void close() {
        if (connection != null) {
            Factories.close(connection);
            connection = null;
        }
    }

    @TestFactory
    Stream<DynamicNode> results() {
        return Stream.of(
                rules(
                        "of a statement",
                        50,
                        27,
                        n -> statement("select 1 where false", n).execute(),
                        () -> failing().execute()),
                rules(
                        "of a batch",
                        50,
                        27,
                        n -> batch(n).execute(),
                        () -> connection.createBatch().add("select 1 / 0").execute()));
    }

    /** A second subscription to a result is refused. */
    @TestFactory
    Stream<DynamicNode> ofAResult() {
        return Stream.of(
                rules(
                        "map",
                        50,
                        25,
                        n -> result(n).map((row, metadata) -> row.get(0)),
                        () -> consumed().map((row, metadata) -> row.get(0))),
                rules(
                        "map of readables",
                        50,
                        25,
                        n -> result(n).map(readable -> readable.get(0)),
                        () -> consumed().map(readable -> readable.get(0))),
                rules(
                        "flatMap",
                        50,
                        25,
                        n -> result(n)
                                .filter(Result.RowSegment.class::isInstance)
                                .flatMap(Mono::just),
                        () -> consumed().flatMap(Mono::just)),
                rules(
                        "getRowsUpdated",
                        1,
                        10,
                        n -> result(1).getRowsUpdated(),
                        () -> consumed().getRowsUpdated()));
    }

    @TestFactory
    Stream<DynamicNode> completions() {
        return Stream.of(
                none("beginTransaction", () -> connection.beginTransaction(), () -> lost().beginTransaction()),
                none("commitTransaction", () -> begun().commitTransaction(), null),
                none("rollbackTransaction", () -> begun().rollbackTransaction(), null),
                none("createSavepoint", () -> begun().createSavepoint("a"), () -> lost().createSavepoint("a")),
                none("setAutoCommit", () -> connection.setAutoCommit(false), null),
                none(
                        "setTransactionIsolationLevel",
                        () -> connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE),
                        null),
                none("setStatementTimeout", () -> connection.setStatementTimeout(Duration.ofSeconds(5)), null),
                none("setLockWaitTimeout", () -> connection.setLockWaitTimeout(Duration.ofSeconds(5)), null),
                none("close", () -> connection.close(), null),
                rules("validate", 1, 10, n -> connection.validate(ValidationDepth.REMOTE), null));
    }

    private DynamicNode none(
            String name,
            Supplier<? extends Publisher<?>> publisher,
            @Nullable Supplier<? extends Publisher<?>> failed) {
        return rules(name, 0, failed == null ? 5 : 7, n -> publisher.get(), failed);
    }

    private DynamicNode rules(
            String name,
            long maximum,
            int verified,
            LongFunction<? extends Publisher<?>> publisher,
            @Nullable Supplier<? extends Publisher<?>> failed) {
        return rules.of(
                name, verified, () -> new PublisherVerification<Object>(new PatientEnvironment(), COLLECTED_MILLIS) {
                    @Override
                    public Publisher<Object> createPublisher(long elements) {
                        open();
                        return ofObjects(publisher.apply(elements));
                    }

                    @Override
                    public @Nullable Publisher<Object> createFailedPublisher() {
                        open();
                        return failed == null ? null : ofObjects(failed.get());
                    }

                    @Override
                    public long maxElementsFromPublisher() {
                        return maximum;
                    }
                });
    }

    @SuppressWarnings("unchecked") // a publisher only gives values
    private static Publisher<Object> ofObjects(Publisher<?> publisher) {
        return (Publisher<Object>) publisher;
    }

    private Statement statement(String sql, long results) {
        return connection.createStatement((sql + ";").repeat((int) results));
    }

    private Statement failing() {
        return connection.createStatement("select 1 / 0");
    }

    private Batch batch(long results) {
        Batch batch = connection.createBatch();
        for (long i = 0; i < results; i++) {
            batch.add("select 1 where false");
        }
        return batch;
    }

    private Result result(long rows) {
        return Objects.requireNonNull(Flux.from(connection
                        .createStatement("select generate_series(1, $1)")
                        .bind(0, (int) rows)
                        .execute())
                .blockFirst(Factories.TIMEOUT));
    }

    private Result consumed() {
        Result result = result(1);
        await(result.getRowsUpdated());
        return result;
    }

    private Connection begun() {
        await(connection.beginTransaction());
        return connection;
    }

    private Connection lost() {
        Factories.close(connection);
        return connection;
    }

    /** Waits long for what must come, but not as long to see that no error comes. */
    private static final class PatientEnvironment extends TestEnvironment {

        PatientEnvironment() {
            super(SIGNAL_MILLIS, NO_SIGNAL_MILLIS, NO_SIGNAL_MILLIS);
        }

        @Override
        public void verifyNoAsyncErrors() {
            verifyNoAsyncErrors(NO_SIGNAL_MILLIS);
        }
    }
}
