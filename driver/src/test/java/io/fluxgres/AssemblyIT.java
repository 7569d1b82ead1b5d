package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A publisher means the same whether it was assembled before or after something changed about its connection or client:
 * every method that returns one, with every change.
 */
@Tag("once")
@Timeout(60)
class AssemblyIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String INSERT = "insert into assembled values (1)"
            + " returning current_setting('transaction_isolation') || ' ' || current_setting('lock_timeout') as modes";
    private static final String SIMPLE = "?queryMode=simple";
    private static final PgTransactionOptions SERIALIZABLE =
            PgTransactionOptions.defaults().withIsolation(PgIsolation.SERIALIZABLE);

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    /** The clients, by what is behind the URL. */
    private final Map<String, PgClient> clients = Map.of("", clientOf(""), SIMPLE, clientOf(SIMPLE));

    /** How many rows there were behind what was executed last. */
    private long inserted;

    @BeforeEach
    void createTable() {
        postgres.execute("create table assembled (id int)");
    }

    @AfterEach
    void dropTable() {
        clients.values().forEach(client -> complete(client.close()));
        postgres.execute("drop table assembled");
    }

    private static PgClient clientOf(String mode) {
        return PgClient.create(postgres.url() + mode);
    }

    private static void complete(Publisher<?> publisher) {
        Flux.from(publisher).then().block(TIMEOUT);
    }

    // ---- what is assembled

    private static final Map<String, Function<PgConnection, Publisher<?>>> OF_CONNECTION = new LinkedHashMap<>();
    private static final Map<String, Function<PgClient, Publisher<?>>> OF_CLIENT = new LinkedHashMap<>();

    /** What returns no publisher, or none of a request. */
    private static final Set<String> OTHERS = Set.of(
            "PgConnection.serverParameters()",
            "PgConnection.transactionStatus()",
            "PgConnection.isolation()",
            "PgConnection.processId()",
            "PgConnection.eventLoop()",
            "PgConnection.isHealthy()",
            "PgConnection.notices()",
            "PgQuery.bind(Object[])",
            "PgQuery.bind(Object)");

    private static PgQuery insert(PgConnection connection) {
        return connection.query(INSERT);
    }

    private static PgQuery insertBound(PgConnection connection) {
        return connection.query(INSERT.replace("(1)", "($1)"));
    }

    private static PgBatch batch(PgConnection connection) {
        return connection.batch(INSERT, INSERT);
    }

    private static Flux<String> read(Flux<PgResult> results) {
        return results.concatMap(result -> result.map(AssemblyIT::modes));
    }

    private static String modes(PgRow row) {
        return String.valueOf(row.getString(0));
    }

    private static void ofConnection(String method, Function<PgConnection, Publisher<?>> assembly) {
        OF_CONNECTION.put(method, assembly);
    }

    static {
        ofConnection("PgConnection.begin()", PgConnection::begin);
        ofConnection("PgConnection.begin(PgTransactionOptions)", c -> c.begin(SERIALIZABLE));
        ofConnection("PgConnection.commit()", PgConnection::commit);
        ofConnection("PgConnection.rollback()", PgConnection::rollback);
        ofConnection("PgConnection.setIsolation(PgIsolation)", c -> c.setIsolation(PgIsolation.REPEATABLE_READ));
        ofConnection("PgConnection.savepoint(String)", c -> c.savepoint("a"));
        ofConnection("PgConnection.releaseSavepoint(String)", c -> c.releaseSavepoint("s"));
        ofConnection("PgConnection.rollbackToSavepoint(String)", c -> c.rollbackToSavepoint("s"));
        ofConnection(
                "PgConnection.inTransaction(Function)",
                c -> c.inTransaction(transaction -> insert(transaction).map(AssemblyIT::modes)));
        ofConnection(
                "PgConnection.inTransaction(PgTransactionOptions,Function)",
                c -> c.inTransaction(
                        SERIALIZABLE, transaction -> insert(transaction).map(AssemblyIT::modes)));
        ofConnection("PgConnection.validate()", PgConnection::validate);
        ofConnection("PgConnection.cancel()", PgConnection::cancel);
        ofConnection("PgConnection.close()", PgConnection::close);
        ofConnection("PgConnection.query(String)", c -> insert(c).map(AssemblyIT::modes));
        ofConnection("PgConnection.batch(String[])", c -> batch(c).map(AssemblyIT::modes));
        ofConnection("PgQuery.map(Function)", c -> insertBound(c).bind(1).map(AssemblyIT::modes));
        ofConnection("PgQuery.as(Class)", c -> insert(c).as(Modes.class));
        ofConnection("PgQuery.rows()", c -> insert(c).rows().map(AssemblyIT::modes));
        ofConnection("PgQuery.rowsUpdated()", c -> insert(c).rowsUpdated());
        ofConnection("PgQuery.execute()", c -> read(insert(c).execute()));
        ofConnection("PgQuery.fetchSize(int)", c -> insert(c).fetchSize(1).map(AssemblyIT::modes));
        ofConnection(
                "PgQuery.timeout(Duration)", c -> insert(c).timeout(TIMEOUT).map(AssemblyIT::modes));
        ofConnection(
                "PgQuery.beginning(PgTransactionOptions)",
                c -> insert(c).beginning(SERIALIZABLE).map(AssemblyIT::modes));
        ofConnection("PgQuery.exclusive()", c -> insert(c).exclusive().map(AssemblyIT::modes));
        ofConnection(
                "PgQuery.bindAll(Iterable)",
                c -> insertBound(c)
                        .bindAll(List.of(new Object[] {1}, new Object[] {2}))
                        .map(AssemblyIT::modes));
        ofConnection(
                "PgQuery.bindAll(Publisher)",
                c -> insertBound(c)
                        .bindAll(Flux.<Object[]>just(new Object[] {1}, new Object[] {2}))
                        .map(AssemblyIT::modes));
        ofConnection("PgBatch.rowsUpdated()", c -> batch(c).rowsUpdated());
        ofConnection("PgBatch.counts()", c -> batch(c).counts());
        ofConnection("PgBatch.outcomes()", c -> batch(c).outcomes().map(PgBatchOutcome::status));
        ofConnection("PgBatch.map(Function)", c -> batch(c).map(AssemblyIT::modes));
        ofConnection("PgBatch.execute()", c -> read(batch(c).execute()));
        ofConnection("PgBatch.syncEach()", c -> batch(c).syncEach().map(AssemblyIT::modes));
        ofConnection("PgBatch.timeout(Duration)", c -> batch(c).timeout(TIMEOUT).map(AssemblyIT::modes));
        ofConnection(
                "PgBatch.beginning(PgTransactionOptions)",
                c -> batch(c).beginning(SERIALIZABLE).map(AssemblyIT::modes));

        OF_CLIENT.put("PgClient.query(String)", client -> client.query(INSERT).map(AssemblyIT::modes));
        OF_CLIENT.put(
                "query of a client, exclusive",
                client -> client.query(INSERT).exclusive().map(AssemblyIT::modes));
        OF_CLIENT.put(
                "query that a client refuses", client -> client.query("begin").rowsUpdated());
        OF_CLIENT.put(
                "rows of a client",
                client -> client.query(INSERT.replace("(1)", "($1)"))
                        .bindAll(Flux.<Object[]>just(new Object[] {1}))
                        .map(AssemblyIT::modes));
        OF_CLIENT.put(
                "PgClient.batch(String[])",
                client -> client.batch(INSERT, INSERT).map(AssemblyIT::modes));
        OF_CLIENT.put(
                "batch of a client, each by itself",
                client -> client.batch(INSERT, INSERT).syncEach().counts());
        OF_CLIENT.put(
                "PgClient.inTransaction(Function)",
                client ->
                        client.inTransaction(transaction -> insert(transaction).map(AssemblyIT::modes)));
        OF_CLIENT.put(
                "PgClient.inTransaction(PgTransactionOptions,Function)",
                client -> client.inTransaction(
                        SERIALIZABLE, transaction -> insert(transaction).map(AssemblyIT::modes)));
        OF_CLIENT.put(
                "PgClient.connect()",
                client -> client.connect()
                        .flatMap(connection -> connection.close().thenReturn("connected")));
        OF_CLIENT.put("PgClient.close()", PgClient::close);
        OF_CLIENT.put("PgClient.close(Duration)", client -> client.close(TIMEOUT));
    }

    record Modes(String modes) {}

    // ---- what is changed in between

    private enum Change {
        SET(c -> {}, c -> complete(c.query("set lock_timeout = 1234").rowsUpdated())),
        ISOLATION(c -> {}, c -> complete(c.setIsolation(PgIsolation.SERIALIZABLE))),
        BEGIN(c -> {}, c -> complete(c.begin())),
        BEGIN_SERIALIZABLE(c -> {}, c -> complete(c.begin(SERIALIZABLE))),
        ISOLATION_IN_A_TRANSACTION(BEGIN.change, ISOLATION.change),
        SAVEPOINT(BEGIN.change, c -> complete(c.savepoint("s"))),
        ROLLBACK_TO_SAVEPOINT(BEGIN.change.andThen(SAVEPOINT.change), c -> complete(c.rollbackToSavepoint("s"))),
        RELEASE_SAVEPOINT(BEGIN.change.andThen(SAVEPOINT.change), c -> complete(c.releaseSavepoint("s"))),
        FAILURE(BEGIN.change, c -> complete(c.query("selec").rowsUpdated().onErrorComplete())),
        COMMIT(BEGIN_SERIALIZABLE.change, c -> complete(c.commit())),
        ROLLBACK(BEGIN_SERIALIZABLE.change, c -> complete(c.rollback())),
        CLOSE(c -> {}, c -> complete(c.close()));

        private final Consumer<PgConnection> before;
        private final Consumer<PgConnection> change;

        Change(Consumer<PgConnection> before, Consumer<PgConnection> change) {
            this.before = before;
            this.change = change;
        }
    }

    // ---- the walk

    @ParameterizedTest
    @EnumSource
    void aPublisherOfAConnectionMeansTheSameAssembledBeforeAChangeAndAfterIt(Change change) {
        clients.forEach((mode, client) ->
                OF_CONNECTION.forEach((method, assembly) -> assertThat(outcome(client, assembly, change, true))
                        .as(method + mode)
                        .isEqualTo(outcome(client, assembly, change, false))));
    }

    private String outcome(
            PgClient client, Function<PgConnection, Publisher<?>> assembly, Change change, boolean early) {
        PgConnection connection = connect(client);
        change.before.accept(connection);
        Publisher<?> assembled = early ? assembly.apply(connection) : null;
        change.change.accept(connection);
        String outcome = signals(assembled == null ? assembly.apply(connection) : assembled);
        outcome += ", then " + connection.transactionStatus() + ' ' + connection.isolation();
        outcome += signals(connection.query("show transaction_isolation").map(AssemblyIT::modes));
        complete(connection.close());
        return outcome + ", committed " + committed(client);
    }

    private static PgConnection connect(PgClient client) {
        PgConnection connection = client.connect().block(TIMEOUT);
        assertThat(connection).isNotNull();
        return connection;
    }

    /** Returns how many rows were committed since it was asked last. */
    private long committed(PgClient client) {
        long before = inserted;
        inserted = client.query("select count(*) from assembled")
                .map(row -> row.getLong(0))
                .single()
                .blockOptional(TIMEOUT)
                .orElseThrow();
        return inserted - before;
    }

    private static String signals(Publisher<?> publisher) {
        return String.valueOf(Flux.from(publisher)
                .cast(Object.class)
                .onErrorResume(failure -> Mono.just(error(failure)))
                .collectList()
                .block(TIMEOUT));
    }

    /** Several failures at once may come as one or as all of them. */
    private static String error(Throwable failure) {
        Throwable first = Exceptions.unwrapMultiple(failure).get(0);
        return first.getClass().getSimpleName()
                + ' '
                + (first instanceof PgException reported ? reported.sqlState() : "");
    }

    @Test
    void aPublisherOfAClientMeansTheSameAssembledBeforeItsCloseAndBehindIt() {
        clients.keySet()
                .forEach(mode -> OF_CLIENT.forEach((method, assembly) -> assertThat(ofClosed(mode, assembly, true))
                        .as(method + mode)
                        .isEqualTo(ofClosed(mode, assembly, false))));
    }

    private static String ofClosed(String mode, Function<PgClient, Publisher<?>> assembly, boolean early) {
        PgClient closed = clientOf(mode);
        Publisher<?> assembled = early ? assembly.apply(closed) : null;
        complete(closed.close());
        return signals(assembled == null ? assembly.apply(closed) : assembled);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", SIMPLE})
    void aPublisherOfAConnectionIsExecutedOnceForEachSubscription(String mode) {
        PgClient client = clients.get(mode);
        PgConnection connection = connect(client);
        Flux<String> insert = insert(connection).map(AssemblyIT::modes);

        assertThat(signals(insert)).isEqualTo("[read committed 0]");
        complete(connection.setIsolation(PgIsolation.REPEATABLE_READ));
        assertThat(signals(insert)).isEqualTo("[repeatable read 0]");
        complete(connection.close());
        assertThat(signals(insert)).isEqualTo("[PgConnectionException null]");
        assertThat(committed(client)).isEqualTo(2);
    }

    /** A method that the API gets needs a case here. */
    @Test
    void theWalkKnowsEveryMethod() {
        Set<String> methods = Stream.of(PgConnection.class, PgQuery.class, PgBatch.class, PgClient.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                .map(AssemblyIT::nameOf)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(methods)
                .isNotEmpty()
                .allMatch(method ->
                        OF_CONNECTION.containsKey(method) || OF_CLIENT.containsKey(method) || OTHERS.contains(method));
    }

    private static String nameOf(Method method) {
        return method.getDeclaringClass().getSimpleName()
                + '.'
                + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(",", "(", ")"));
    }
}
