package io.fluxgres.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.ValidationDepth;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import reactor.blockhound.BlockHound;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What {@link NonBlockingIT} runs: each kind of call of the SPI, made on threads that must not block, under BlockHound. Prints
 * the stack of each call that blocked, and how many there were.
 */
final class NonBlockingProgram {

    private static final Queue<Throwable> BLOCKED = new ConcurrentLinkedQueue<>();

    private NonBlockingProgram() {}

    public static void main(String[] arguments) {
        BlockHound.install(builder -> builder
                // of the names of prepared statements: /dev/urandom is a file that nobody waits for
                .allowBlockingCallsInside("java.security.SecureRandom", "nextBytes")
                .blockingMethodCallback(method -> BLOCKED.add(new IllegalStateException(method.toString()))));
        ConnectionFactory factory = ConnectionFactories.get(arguments[0]);

        requireDetection(factory);
        onParallel(uses(factory));
        onParallel(failures(factory));
        onParallel(pooled(factory));

        BLOCKED.forEach(Throwable::printStackTrace);
        System.out.println("blocking calls: " + BLOCKED.size());
    }

    /** Without it the program would be content with a JVM in which nothing is watched. */
    private static void requireDetection(ConnectionFactory factory) {
        onParallel(Mono.fromRunnable(NonBlockingProgram::block));
        requireSome("a thread of parallel");
        onParallel(Flux.usingWhen(
                factory.create(),
                connection -> rows(connection.createStatement("select 1")).doOnNext(row -> block()),
                Connection::close));
        requireSome("an event loop");
    }

    private static void block() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void requireSome(String place) {
        if (BLOCKED.isEmpty()) {
            throw new AssertionError("what blocks " + place + " is not noticed");
        }
        BLOCKED.clear();
    }

    private static void onParallel(Publisher<?> work) {
        Flux.defer(() -> work).subscribeOn(Schedulers.parallel()).blockLast(Duration.ofSeconds(60));
    }

    private static Flux<?> uses(ConnectionFactory factory) {
        return Flux.usingWhen(
                factory.create(),
                connection -> steps(
                        rows(connection.createStatement("create temp table item (id int primary key, content bytea)")),
                        insert(connection, 1, 1000),
                        rows(connection.createStatement("select * from generate_series(1, 20000)")),
                        rows(connection.createStatement("select * from generate_series(1, 20000)"))
                                .take(10),
                        rows(connection
                                .createStatement("select * from generate_series(1, 100)")
                                .fetchSize(7)),
                        Flux.range(0, 500)
                                .flatMap(
                                        i -> rows(connection
                                                .createStatement("select $1::int")
                                                .bind(0, i)),
                                        500),
                        Flux.from(connection
                                        .createBatch()
                                        .add("select 1")
                                        .add("select 2")
                                        .execute())
                                .flatMap(Result::getRowsUpdated),
                        connection.beginTransaction(),
                        insert(connection, 2000, 2),
                        connection.createSavepoint("a"),
                        connection.rollbackTransactionToSavepoint("a"),
                        connection.releaseSavepoint("a"),
                        connection.commitTransaction(),
                        connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE),
                        connection.setStatementTimeout(Duration.ofSeconds(10)),
                        connection.setLockWaitTimeout(Duration.ofSeconds(10)),
                        connection.setAutoCommit(false),
                        connection.createSavepoint("b"),
                        insert(connection, 3000, 2),
                        connection.rollbackTransaction(),
                        connection.setAutoCommit(true),
                        connection.validate(ValidationDepth.REMOTE),
                        ((Lifecycle) connection).preRelease()),
                Connection::close);
    }

    /** One after the other, each subscribed to by a thread of parallel. */
    private static Flux<?> steps(Publisher<?>... steps) {
        return Flux.fromArray(steps)
                .publishOn(Schedulers.parallel(), 1)
                .concatMap(step -> Flux.from(step).then().publishOn(Schedulers.parallel()));
    }

    private static Flux<?> insert(Connection connection, int first, int count) {
        return Flux.defer(() -> {
            Statement insert = connection.createStatement("insert into item values ($1, $2)");
            IntStream.range(first, first + count)
                    .forEach(i -> (i == first ? insert : insert.add())
                            .bind(0, i)
                            .bind(1, Blob.from(Mono.just(ByteBuffer.allocate(16)))));
            return Flux.from(insert.execute()).flatMap(Result::getRowsUpdated);
        });
    }

    private static Flux<Object> rows(Statement statement) {
        return Flux.defer(statement::execute)
                .flatMap(result -> result.map((row, metadata) -> "" + row.get(0) + metadata.getColumnMetadatas()));
    }

    private static Flux<?> failures(ConnectionFactory factory) {
        return Flux.usingWhen(
                factory.create(),
                connection -> steps(
                        refused(rows(connection.createStatement("selec 1"))),
                        refused(rows(connection.createStatement("select 1 / 0"))),
                        connection.setStatementTimeout(Duration.ofMillis(50)),
                        refused(rows(connection.createStatement("select pg_sleep(30)"))),
                        connection.setStatementTimeout(Duration.ofSeconds(30)),
                        connection.beginTransaction(),
                        refused(rows(connection.createStatement("selec 1"))),
                        refused(connection.commitTransaction())),
                Connection::close);
    }

    private static Mono<Void> refused(Publisher<?> work) {
        return Flux.from(work)
                .then(Mono.<Void>error(new AssertionError("it does not fail")))
                .onErrorComplete(R2dbcException.class);
    }

    private static Flux<?> pooled(ConnectionFactory factory) {
        ConnectionPool pool = new ConnectionPool(
                ConnectionPoolConfiguration.builder(factory).maxSize(4).build());
        return Flux.range(0, 200)
                .flatMap(
                        i -> Flux.usingWhen(
                                pool.create(),
                                connection -> Flux.from(connection.beginTransaction())
                                        .thenMany(rows(connection.createStatement("select " + i)))
                                        .take(i % 2 + 1),
                                Connection::close),
                        8)
                .thenMany(pool.disposeLater());
    }
}
