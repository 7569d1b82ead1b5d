package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.await;

import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.ReactiveStreamsRules;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The rules of Reactive Streams, by their own TCK, for each kind of publisher that the adapter hands out. */
@Tag("once")
class ReactiveStreamsIT {

    private static final String NAME = "ReactiveStreamsIT of the adapter";
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

    /** The connections that {@code create} gave to the TCK, which closes none. */
    @AfterAll
    static void closeConnections() {
        postgres.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '" + NAME + "'");
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
                        () -> connection.createBatch().add("select 1 / 0").execute()),
                rules(
                        "of a statement with several bindings",
                        50,
                        27,
                        n -> added("select $1::int where false", n).execute(),
                        () -> added("select 1 / ($1::int - 1)", 2).execute()));
    }

    @TestFactory
    Stream<DynamicNode> inSimpleQueryMode() {
        return Stream.of(
                rules(
                        "results of a statement",
                        50,
                        27,
                        n -> simple().createStatement("select 1 where false;".repeat((int) n))
                                .execute(),
                        () -> simple().createStatement("select 1 / 0").execute()),
                rules(
                        "rows of a result",
                        50,
                        25,
                        n -> {
                            simple();
                            return result(n).map(row -> row.get(0));
                        },
                        () -> {
                            simple();
                            return consumed().map(row -> row.get(0));
                        }));
    }

    @TestFactory
    Stream<DynamicNode> connections() {
        return Stream.of(rules(
                "create",
                1,
                12,
                n -> Factories.factory(postgres, "applicationName", NAME).create(),
                () -> Factories.factory(postgres, "database", "absent").create()));
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
                none(
                        "beginTransaction of a definition",
                        () -> connection.beginTransaction(IsolationLevel.SERIALIZABLE),
                        () -> lost().beginTransaction(IsolationLevel.SERIALIZABLE)),
                none("createSavepoint", () -> begun().createSavepoint("a"), () -> lost().createSavepoint("a")),
                none(
                        "releaseSavepoint",
                        () -> begunWithSavepoint().releaseSavepoint("a"),
                        () -> begun().releaseSavepoint("a")),
                none(
                        "rollbackTransactionToSavepoint",
                        () -> begunWithSavepoint().rollbackTransactionToSavepoint("a"),
                        () -> begun().rollbackTransactionToSavepoint("a")),
                none("postAllocate", () -> ((Lifecycle) connection).postAllocate(), null),
                none("preRelease", () -> ((Lifecycle) begun()).preRelease(), null),
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

    private Statement added(String sql, long bindings) {
        Statement statement = connection.createStatement(bindings == 0 ? "" : sql);
        for (int i = 1; i <= bindings; i++) {
            (i == 1 ? statement : statement.add()).bind(0, i);
        }
        return statement;
    }

    private Connection simple() {
        Factories.close(connection);
        connection = Factories.open(Factories.factory(postgres, "queryMode", "simple"));
        return connection;
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

    private Connection begunWithSavepoint() {
        await(begun().createSavepoint("a"));
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
