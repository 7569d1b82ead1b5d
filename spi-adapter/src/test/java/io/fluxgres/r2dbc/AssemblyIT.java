package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.integers;
import static io.fluxgres.r2dbc.Factories.rows;
import static io.fluxgres.r2dbc.Factories.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgConnection;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Closeable;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionMetadata;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A publisher means the same whether it was assembled before or after a mode of its connection was changed: every method of
 * the SPI that returns one, with every change.
 */
@Tag("once")
@Timeout(60)
class AssemblyIT extends AdapterFixture {

    /** Tells the modes that it was executed under; the number of rows tells what was committed. */
    private static final String INSERT = "insert into item values (1)"
            + " returning current_setting('transaction_isolation') || ' ' || current_setting('lock_timeout')"
            + " || pg_sleep(case when current_setting('fluxgres.slow', true) = 'on' then 30 else 0 end)";

    private Connection other;
    /** How many rows there were behind what was executed last. */
    private int inserted;

    @BeforeEach
    void createTable() {
        other = open();
        run(other, "create table item (id int)");
    }

    // ---- what is assembled

    /** What a publisher is made of: a connection, or a result of it that nobody has read. */
    private record Source(Connection connection, Mono<Result> result) {}

    private static final Map<String, Function<Source, Publisher<?>>> PUBLISHERS = new LinkedHashMap<>();

    /** What returns no publisher: read at once, or for a statement that is being made. */
    private static final Set<String> OTHERS = Set.of(
            "Connection.createBatch()",
            "Connection.createStatement(String)",
            "Connection.isAutoCommit()",
            "Connection.getMetadata()",
            "Connection.getTransactionIsolationLevel()",
            "ConnectionMetadata.getDatabaseProductName()",
            "ConnectionMetadata.getDatabaseVersion()",
            "ConnectionFactory.getMetadata()",
            "Statement.bind(int,Object)",
            "Statement.bind(String,Object)",
            "Statement.bindNull(int,Class)",
            "Statement.bindNull(String,Class)",
            "Batch.add(String)",
            "Row.getMetadata()",
            "Readable.get(int)",
            "Readable.get(int,Class)",
            "Readable.get(String)",
            "Readable.get(String,Class)",
            "Wrapped.unwrap()",
            "Wrapped.unwrap(Class)");

    private static void publisher(String method, Function<Source, Publisher<?>> assembly) {
        PUBLISHERS.put(method, assembly);
    }

    private static void ofConnection(String method, Function<Connection, Publisher<?>> assembly) {
        publisher("Connection." + method, source -> assembly.apply(source.connection));
    }

    private static void ofStatement(String method, Function<Connection, Statement> assembly) {
        publisher(
                "Statement." + method,
                source -> read(assembly.apply(source.connection).execute()));
    }

    private static void ofResult(String method, Function<Result, Publisher<?>> assembly) {
        publisher("Result." + method, source -> assembly.apply(await(source.result)));
    }

    static {
        ofConnection("beginTransaction()", Connection::beginTransaction);
        ofConnection(
                "beginTransaction(TransactionDefinition)", c -> c.beginTransaction(IsolationLevel.REPEATABLE_READ));
        ofConnection("close()", Connection::close);
        ofConnection("commitTransaction()", Connection::commitTransaction);
        ofConnection("createSavepoint(String)", c -> c.createSavepoint("a"));
        ofConnection("releaseSavepoint(String)", c -> c.releaseSavepoint("s"));
        ofConnection("rollbackTransaction()", Connection::rollbackTransaction);
        ofConnection("rollbackTransactionToSavepoint(String)", c -> c.rollbackTransactionToSavepoint("s"));
        ofConnection("setAutoCommit(boolean)", c -> c.setAutoCommit(true));
        ofConnection("setLockWaitTimeout(Duration)", c -> c.setLockWaitTimeout(Duration.ofMillis(777)));
        ofConnection("setStatementTimeout(Duration)", c -> c.setStatementTimeout(Duration.ofSeconds(7)));
        ofConnection(
                "setTransactionIsolationLevel(IsolationLevel)",
                c -> c.setTransactionIsolationLevel(IsolationLevel.REPEATABLE_READ));
        ofConnection("validate(ValidationDepth)", c -> c.validate(ValidationDepth.REMOTE));
        publisher("Closeable.close()", source -> source.connection.close());
        publisher("Lifecycle.postAllocate()", source -> ((Lifecycle) source.connection).postAllocate());
        publisher("Lifecycle.preRelease()", source -> ((Lifecycle) source.connection).preRelease());

        ofStatement("execute()", c -> c.createStatement(INSERT));
        ofStatement("fetchSize(int)", c -> c.createStatement(INSERT).fetchSize(1));
        ofStatement(
                "returnGeneratedValues(String[])",
                c -> c.createStatement("insert into item values ($1)")
                        .bind(0, 1)
                        .returnGeneratedValues("id"));
        ofStatement(
                "add()",
                c -> c.createStatement(INSERT.replace("(1)", "($1)"))
                        .bind(0, 1)
                        .add()
                        .bind(0, 2));
        ofStatement(
                "bind a large object",
                c -> c.createStatement(INSERT.replace("(1)", "(length($1))"))
                        .bind(0, Blob.from(Mono.just(ByteBuffer.wrap("12".getBytes(StandardCharsets.US_ASCII))))));
        publisher("Batch.execute()", source -> read(batch(source.connection).execute()));
        publisher(
                "Batch of several statements",
                source -> read(
                        batch(source.connection).add("select '1'; select '2'").execute()));

        ofResult("getRowsUpdated()", Result::getRowsUpdated);
        ofResult("map(BiFunction)", result -> result.map((row, metadata) -> row.get(0, Integer.class)));
        ofResult("map(Function)", result -> result.map(row -> row.get(0, Integer.class)));
        ofResult("filter(Predicate)", result -> result.filter(segment -> true).map(row -> row.get(0, Integer.class)));
        ofResult(
                "flatMap(Function)",
                result -> result.flatMap(segment -> Mono.just(
                        segment instanceof Result.RowSegment row ? row.row().get(0, Integer.class) : "segment")));
    }

    private static Batch batch(Connection connection) {
        return connection.createBatch().add(INSERT).add("select '1'");
    }

    private static Flux<String> read(Publisher<? extends Result> results) {
        return Flux.from(results).concatMap(result -> result.map(row -> String.valueOf(row.get(0))));
    }

    // ---- what is changed in between

    private enum Change {
        AUTO_COMMIT_OFF(c -> {}, c -> await(c.setAutoCommit(false))),
        AUTO_COMMIT_ON(c -> await(c.setAutoCommit(false)), c -> await(c.setAutoCommit(true))),
        ISOLATION(c -> {}, c -> await(c.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE))),
        ISOLATION_WITHOUT_AUTO_COMMIT(c -> await(c.setAutoCommit(false)), ISOLATION.change),
        ISOLATION_IN_A_TRANSACTION(c -> await(c.beginTransaction()), ISOLATION.change),
        STATEMENT_TIMEOUT(
                c -> run(c, "set fluxgres.slow = on"), c -> await(c.setStatementTimeout(Duration.ofMillis(700)))),
        NO_STATEMENT_TIMEOUT(
                c -> await(c.setStatementTimeout(Duration.ofNanos(1))),
                c -> await(c.setStatementTimeout(Duration.ZERO))),
        LOCK_WAIT_TIMEOUT(c -> {}, c -> await(c.setLockWaitTimeout(Duration.ofMillis(1234)))),
        BEGIN(c -> {}, c -> await(c.beginTransaction())),
        BEGIN_SERIALIZABLE(c -> {}, c -> await(c.beginTransaction(IsolationLevel.SERIALIZABLE))),
        SAVEPOINT(c -> {}, c -> await(c.createSavepoint("s"))),
        ROLLBACK_TO_SAVEPOINT(SAVEPOINT.change, c -> await(c.rollbackTransactionToSavepoint("s"))),
        RELEASE_SAVEPOINT(SAVEPOINT.change, c -> await(c.releaseSavepoint("s"))),
        COMMIT(BEGIN_SERIALIZABLE.change, c -> await(c.commitTransaction())),
        ROLLBACK(BEGIN_SERIALIZABLE.change, c -> await(c.rollbackTransaction())),
        HAND_BACK(
                c -> {
                    await(c.setAutoCommit(false));
                    await(c.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE));
                    await(c.setStatementTimeout(TIMEOUT));
                },
                c -> await(((Lifecycle) c).preRelease())),
        CLOSE(c -> {}, c -> await(c.close()));

        private final Consumer<Connection> before;
        private final Consumer<Connection> change;

        Change(Consumer<Connection> before, Consumer<Connection> change) {
            this.before = before;
            this.change = change;
        }
    }

    // ---- the walk

    @ParameterizedTest
    @EnumSource
    void aPublisherMeansTheSameAssembledBeforeAChangeAndAfterIt(Change change) {
        for (String mode : List.of("extended", "simple")) {
            ConnectionFactory factory = Factories.factory(postgres, "queryMode", mode);
            PUBLISHERS
                    .keySet()
                    .forEach(method -> assertThat(outcome(factory, method, change, true))
                            .as(method + ", queryMode " + mode)
                            .isEqualTo(outcome(factory, method, change, false)));
        }
    }

    private String outcome(ConnectionFactory factory, String method, Change change, boolean early) {
        Connection changing = Factories.open(factory);
        change.before.accept(changing);
        Mono<Result> result = result(changing);
        if (method.startsWith("Result.")) {
            result.block(TIMEOUT);
        }
        Source source = new Source(changing, result);
        Publisher<?> assembled = early ? PUBLISHERS.get(method).apply(source) : null;
        String outcome = signals(Mono.fromRunnable(() -> change.change.accept(changing)));
        outcome += signals(assembled == null ? PUBLISHERS.get(method).apply(source) : assembled);
        outcome += stateOf(changing);
        Factories.close(changing);
        return outcome;
    }

    /** That of a statement without a mode, for some of the modes would not let one be executed. */
    private static Mono<Result> result(Connection connection) {
        PgConnection driver = (PgConnection) ((Wrapped<?>) connection).unwrap();
        return Mono.<Result>from(new AdaptedConnection(driver, new EncodableClasses(), Duration.ofSeconds(30))
                        .createStatement("select generate_series(1, 3)")
                        .execute())
                .cache();
    }

    private static String signals(Publisher<?> publisher) {
        try {
            return String.valueOf(Flux.from(publisher).collectList().block(TIMEOUT));
        } catch (RuntimeException failure) {
            return error(failure);
        }
    }

    private static String error(RuntimeException failure) {
        return failure instanceof R2dbcException reported
                ? failure.getClass().getSimpleName() + ' ' + reported.getSqlState()
                : failure.toString();
    }

    private String stateOf(Connection connection) {
        String read = "; autocommit " + connection.isAutoCommit() + ", level "
                + connection.getTransactionIsolationLevel().asSql() + ", committed "
                + committed();
        try {
            return read + ", executed under "
                    + rows(
                            connection,
                            "select current_setting('transaction_isolation') || ', ' || current_setting('lock_timeout')",
                            row -> row.get(0, String.class));
        } catch (RuntimeException failure) {
            return read + ", not executed: " + error(failure);
        }
    }

    /** Returns how many rows were committed since it was asked last. */
    private int committed() {
        int before = inserted;
        inserted = integers(other, "select count(*)::int from item").get(0);
        return inserted - before;
    }

    /** A method that the SPI gets needs a case here. */
    @Test
    void theWalkKnowsEveryMethod() {
        Set<String> methods = Stream.of(
                        Connection.class,
                        Closeable.class,
                        Lifecycle.class,
                        Wrapped.class,
                        Statement.class,
                        Batch.class,
                        Result.class,
                        Row.class,
                        Readable.class,
                        ConnectionFactory.class,
                        ConnectionMetadata.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                .map(AssemblyIT::nameOf)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(methods)
                .isNotEmpty()
                .allMatch(method -> PUBLISHERS.containsKey(method)
                        || OTHERS.contains(method)
                        || method.equals("ConnectionFactory.create()"));
    }

    private static String nameOf(Method method) {
        return method.getDeclaringClass().getSimpleName()
                + '.'
                + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(",", "(", ")"));
    }

    // ---- several subscriptions

    @Test
    void aConnectionIsMadeForEachSubscription() {
        Publisher<? extends Connection> create = Factories.factory(postgres).create();
        Connection first = await(create);
        Connection second = await(create);

        assertThat(first).hasToString(first.toString());
        assertThat(first.toString()).isNotEqualTo(second.toString());
        Factories.close(first);
        Factories.close(second);
    }

    private enum Assembly {
        STATEMENT(c -> read(c.createStatement(INSERT).execute())),
        BATCH(c -> read(c.createBatch().add(INSERT).execute()));

        private final Function<Connection, Publisher<String>> assembly;

        Assembly(Function<Connection, Publisher<String>> assembly) {
            this.assembly = assembly;
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachSubscriptionIsExecutedUnderTheModesOfItsMoment(Assembly assembly) {
        Publisher<String> insert = assembly.assembly.apply(connection);

        assertThat(signals(insert)).isEqualTo("[read committed 0]");
        await(connection.setAutoCommit(false));
        await(connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE));
        assertThat(signals(insert)).isEqualTo("[serializable 0]");
        await(connection.rollbackTransaction());
        await(connection.setLockWaitTimeout(Duration.ofMillis(5)));
        await(connection.rollbackTransaction());
        await(connection.setAutoCommit(true));
        assertThat(signals(insert)).isEqualTo("[serializable 5ms]");

        assertThat(integers(other, "select id from item")).containsExactly(1, 1);
    }

    @Test
    void aChainIsExecutedUnderTheModesThatItSets() {
        Mono.from(connection.setAutoCommit(false))
                .thenMany(read(connection.createStatement(INSERT).execute()))
                .then(Mono.from(connection.rollbackTransaction()))
                .block(TIMEOUT);

        assertThat(integers(other, "select id from item")).isEmpty();
    }

    @Test
    void aTransactionOfAChainBeginsWithTheLevelThatWasSetInIt() {
        String level = Mono.from(connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE))
                .then(Mono.from(connection.beginTransaction()))
                .thenMany(read(connection.createStatement(INSERT).execute()))
                .blockLast(TIMEOUT);

        assertThat(level).startsWith("serializable");
    }

    // ---- values

    @Test
    void whatWasAssembledKeepsItsValuesWhenTheStatementIsBoundAgain() {
        Statement statement = connection
                .createStatement("select $1::int * 10 + $2::int")
                .bind(0, 1)
                .bind(1, 2);
        Flux<String> first = read(statement.execute());
        Flux<String> second = read(statement.bind(1, 3).execute());
        Flux<String> third = read(statement.add().bind(0, 4).bind(1, 5).execute());
        Flux<String> fourth = read(statement.bindNull(0, Integer.class).execute());

        assertThat(signals(first)).isEqualTo("[12]");
        assertThat(signals(second)).isEqualTo("[13]");
        assertThat(signals(third)).isEqualTo("[13, 45]");
        assertThat(signals(fourth)).isEqualTo("[13, null]");
        assertThat(signals(first)).isEqualTo("[12]");
    }

    @Test
    void whatWasAssembledKeepsItsStatementsWhenFurtherOnesAreAdded() {
        Batch batch = connection.createBatch().add("select '1'");
        Flux<String> one = read(batch.execute());
        Flux<String> two = read(batch.add("select '2'").execute());

        assertThat(signals(one)).isEqualTo("[1]");
        assertThat(signals(two)).isEqualTo("[1, 2]");
    }

    /** A definition is read when the method is called, the connection's level when it begins. */
    @Test
    void aDefinitionWithoutALevelTakesTheOneThatIsSetWhenItBegins() {
        Publisher<Void> begin = connection.beginTransaction(new TransactionDefinition() {
            @Override
            public <T> T getAttribute(io.r2dbc.spi.Option<T> option) {
                return null;
            }
        });
        await(connection.setTransactionIsolationLevel(IsolationLevel.REPEATABLE_READ));
        await(begin);

        assertThat(signals(read(connection.createStatement(INSERT).execute()))).startsWith("[repeatable read");
    }
}
