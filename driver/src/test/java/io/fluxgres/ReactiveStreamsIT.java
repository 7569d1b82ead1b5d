package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;

import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.ReactiveStreamsRules;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.LongStream;
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

/** The rules of Reactive Streams, by their own TCK, for each kind of publisher that the driver hands out. */
@Tag("once")
class ReactiveStreamsIT {

    private static final String ROWS = "select generate_series(1::bigint, $1)";
    private static final String FAILING = "select 1 / 0";
    private static final String ROW = "select $1::bigint";
    private static final String EMPTY = "select $1::bigint where false";
    private static final String DIVISION = "select 1 / ($1::bigint - 1)";
    private static final String NAME = "ReactiveStreamsIT";
    private static final int SIGNAL_MILLIS = 2_000;
    private static final int NO_SIGNAL_MILLIS = 10;
    private static final int COLLECTED_MILLIS = 300;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgClient client;
    private PgConnection connection;

    private final ReactiveStreamsRules rules = new ReactiveStreamsRules(this::close);

    /** Opens what a rule needs when it is not skipped. */
    private void open() {
        if (connection == null) {
            client = PgClient.create(PgOptions.parse(postgres.url()).with(PgOption.APPLICATION_NAME, NAME));
            connection = client.connect().block(TIMEOUT);
        }
    }

    private void close() {
        if (connection != null) {
            Connections.close(connection);
            client.close(Duration.ZERO).block(TIMEOUT);
            connection = null;
        }
    }

    /** The connections that {@code connect} gave to the TCK, which closes none. */
    @AfterAll
    static void closeConnections() {
        postgres.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '" + NAME + "'");
    }

    @TestFactory
    Stream<DynamicNode> rowsOfAQuery() {
        return Stream.of(
                rules(
                        "map",
                        Integer.MAX_VALUE,
                        28,
                        n -> rows(n).map(row -> row.getLong(0)),
                        () -> failing().map(row -> row.getLong(0))),
                many("as", n -> rows(n).as(Value.class), () -> failing().as(Value.class)),
                many("rows", n -> rows(n).rows(), () -> failing().rows()),
                many(
                        "of a cursor",
                        n -> rows(n).fetchSize(7).rows(),
                        () -> failing().fetchSize(7).rows()),
                many(
                        "of a client",
                        n -> client.query(ROWS).bind(n).rows(),
                        () -> client.query(FAILING).rows()),
                // a second subscription is refused
                rules(
                        "of a result",
                        50,
                        25,
                        n -> result(n).map(row -> row.getLong(0)),
                        () -> consumed().map(row -> row.getLong(0))),
                rules(
                        "rows of a result",
                        50,
                        25,
                        n -> result(n).rows(),
                        () -> consumed().rows()));
    }

    @TestFactory
    Stream<DynamicNode> rowsOfATransaction() {
        return Stream.of(
                // a second subscription finds the transaction of the first
                rules(
                        "of a connection",
                        50,
                        25,
                        n -> connection.inTransaction(
                                tx -> tx.query(ROWS).bind(n).rows()),
                        () -> connection.inTransaction(tx -> tx.query(FAILING).rows())),
                many(
                        "of a client",
                        n -> client.inTransaction(tx -> tx.query(ROWS).bind(n).rows()),
                        () -> client.inTransaction(tx -> tx.query(FAILING).rows())));
    }

    @TestFactory
    Stream<DynamicNode> results() {
        return Stream.of(
                many(
                        "of a query",
                        n -> connection
                                .query("select 1 where false;".repeat((int) n))
                                .execute(),
                        () -> failing().execute()),
                many(
                        "of a batch",
                        n -> batch(EMPTY, n).execute(),
                        () -> failingBatch().execute()));
    }

    @TestFactory
    Stream<DynamicNode> batches() {
        return Stream.of(
                many("counts", n -> batch(ROW, n).counts(), () -> failingBatch().counts()),
                many(
                        "counts with a Sync each",
                        n -> batch(ROW, n).syncEach().counts(),
                        () -> failingBatch().syncEach().counts()),
                many(
                        "counts of published rows",
                        n -> published(ROW, n).counts(),
                        () -> published(DIVISION, 1).counts()),
                many("outcomes", n -> batch(ROW, n).outcomes(), () -> lost().outcomes()),
                many(
                        "of a client",
                        n -> ofClient(n).counts(),
                        () -> client.batch(FAILING).counts()),
                many(
                        "rows",
                        n -> batch(ROW, n).map(row -> row.getLong(0)),
                        () -> failingBatch().map(row -> row.getLong(0))));
    }

    @TestFactory
    Stream<DynamicNode> inSimpleQueryMode() {
        return Stream.of(
                many(
                        "rows",
                        n -> simple().query(ROWS).bind(n).rows(),
                        () -> simple().query(FAILING).rows()),
                many(
                        "results",
                        n -> simple().query("select 1 where false;".repeat((int) n))
                                .execute(),
                        () -> simple().query(FAILING).execute()),
                many(
                        "counts of a batch",
                        n -> simple().query(ROW).bindAll(values(n)).syncEach().counts(),
                        () -> simple().query(DIVISION)
                                .bindAll(values(2))
                                .syncEach()
                                .counts()));
    }

    @TestFactory
    Stream<DynamicNode> numbers() {
        return Stream.of(
                one(
                        "rows of a query",
                        () -> rows(1).rowsUpdated(),
                        () -> failing().rowsUpdated()),
                rules(
                        "rows of a result",
                        1,
                        10,
                        n -> result(1).rowsUpdated(),
                        () -> consumed().rowsUpdated()),
                one(
                        "rows of a batch",
                        () -> batch(ROW, 2).rowsUpdated(),
                        () -> failingBatch().rowsUpdated()));
    }

    @TestFactory
    Stream<DynamicNode> connections() {
        return Stream.of(
                one("connect", () -> client.connect(), () -> unreachable().connect()),
                one("validate", () -> connection.validate(), null));
    }

    @TestFactory
    Stream<DynamicNode> completions() {
        return Stream.of(
                none("begin", () -> connection.begin(), () -> lostConnection().begin()),
                none("commit", () -> begun().commit(), () -> connection.commit()),
                none(
                        "rollback",
                        () -> begun().rollback(),
                        () -> lostConnection().rollback()),
                none(
                        "setIsolation",
                        () -> connection.setIsolation(PgIsolation.SERIALIZABLE),
                        () -> begun().setIsolation(null)),
                none("savepoint", () -> begun().savepoint("a"), () -> connection.savepoint("a")),
                none(
                        "releaseSavepoint",
                        () -> begunWithSavepoint().releaseSavepoint("a"),
                        () -> begun().releaseSavepoint("a")),
                none(
                        "rollbackToSavepoint",
                        () -> begunWithSavepoint().rollbackToSavepoint("a"),
                        () -> begun().rollbackToSavepoint("a")),
                none("cancel", () -> connection.cancel(), null),
                none("notices of a closed connection", () -> lostConnection().notices(), null),
                rules("notices", 50, 25, this::notices, null),
                none("close", () -> connection.close(), null),
                none("close of a client", () -> client.close(), null));
    }

    private DynamicNode many(
            String name, LongFunction<? extends Publisher<?>> publisher, Supplier<? extends Publisher<?>> failed) {
        return rules(name, 50, 27, publisher, failed);
    }

    private DynamicNode one(
            String name,
            Supplier<? extends Publisher<?>> publisher,
            @Nullable Supplier<? extends Publisher<?>> failed) {
        return rules(name, 1, failed == null ? 10 : 12, n -> publisher.get(), failed);
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

    private PgConnection simple() {
        Connections.close(connection);
        connection = Connections.open(postgres, PgOption.QUERY_MODE, PgQueryMode.SIMPLE);
        return connection;
    }

    /** A subscriber without demand misses notices, so that they are raised until there were enough. */
    private Publisher<PgNotice> notices(long count) {
        return connection
                .notices()
                .take(count)
                .doOnSubscribe(subscription -> connection
                        .query("do $$ begin raise notice ''; end $$")
                        .rowsUpdated()
                        .repeat()
                        .onErrorComplete()
                        .subscribe());
    }

    private PgQuery rows(long count) {
        return connection.query(ROWS).bind(count);
    }

    private PgQuery failing() {
        return connection.query(FAILING);
    }

    private PgResult result(long count) {
        return Objects.requireNonNull(rows(count).execute().blockFirst(TIMEOUT));
    }

    private PgResult consumed() {
        PgResult result = result(1);
        result.rowsUpdated().block(TIMEOUT);
        return result;
    }

    private PgBatch batch(String sql, long count) {
        return connection.query(sql).bindAll(values(count));
    }

    private PgBatch ofClient(long count) {
        return client.batch(Stream.generate(() -> "select 1").limit(count).toArray(String[]::new));
    }

    private PgBatch published(String sql, long count) {
        return connection.query(sql).bindAll(Flux.fromIterable(values(count)));
    }

    private static List<Object[]> values(long count) {
        return LongStream.rangeClosed(1, count).mapToObj(n -> new Object[] {n}).toList();
    }

    private PgBatch failingBatch() {
        return batch(DIVISION, 2);
    }

    /** Of a batch whose items fail there are outcomes; only what ends it as a whole is an error. */
    private PgBatch lost() {
        return lostConnection().query(ROW).bindAll(values(1));
    }

    private PgConnection lostConnection() {
        Connections.close(connection);
        return connection;
    }

    private PgConnection begun() {
        connection.begin().block(TIMEOUT);
        return connection;
    }

    private PgConnection begunWithSavepoint() {
        begun().savepoint("a").block(TIMEOUT);
        return connection;
    }

    private PgClient unreachable() {
        return PgClient.create(PgOptions.parse(postgres.url()).with(PgOption.DATABASE, "absent"));
    }

    /** A row. */
    record Value(long generateSeries) {}

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
