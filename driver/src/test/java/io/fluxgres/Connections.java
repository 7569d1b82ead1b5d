package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Connections of tests to the real server, and what tests ask of all of them. Nothing here waits without a bound. */
final class Connections {

    static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Connections() {}

    static PgConnection open(PostgresExtension postgres) {
        return open(PgOptions.parse(postgres.url()));
    }

    static <T> PgConnection open(PostgresExtension postgres, PgOption<T> option, T value) {
        return open(PgOptions.parse(postgres.url()).with(option, value));
    }

    static PgConnection open(PgOptions options) {
        return open(PgClient.create(options));
    }

    static PgConnection open(PgOptions options, PgObserver observer) {
        return open(options.with(PgOption.OBSERVER, observer));
    }

    private static PgConnection open(PgClient client) {
        PgConnection connection = client.connect().block(TIMEOUT);
        if (connection == null) {
            throw new AssertionError("connect completed without a connection");
        }
        return connection;
    }

    static void close(PgConnection connection) {
        connection.close().block(TIMEOUT);
    }

    /** Executes SQL whose result does not matter. */
    static void run(PgConnection connection, String sql) {
        connection.query(sql).rowsUpdated().block(TIMEOUT);
    }

    static <T> List<T> list(Publisher<T> values) {
        List<T> list = Flux.from(values).collectList().block(TIMEOUT);
        if (list == null) {
            throw new AssertionError("collectList completed without a list");
        }
        return list;
    }

    /** Returns the first column of the rows as text. */
    static List<String> texts(PgQuery query) {
        return list(query.map(row -> String.valueOf(row.getString(0))));
    }

    /** Returns the only value of a query. */
    static String text(PgConnection connection, String sql) {
        List<String> texts = texts(connection.query(sql));
        assertThat(texts).hasSize(1);
        return texts.get(0);
    }

    /** Returns the numbers from 1 on, one a row. */
    static Flux<Integer> numbers(PgConnection connection, int count) {
        return connection
                .query("select n from generate_series(1, " + count + ") n")
                .map(row -> row.getInt(0));
    }

    /** Returns what the publisher fails with; whatever values come before are dropped. */
    static <X extends Throwable> X failure(Class<X> expected, Publisher<?> publisher) {
        Throwable failure = catchThrowable(() -> Flux.from(publisher).blockLast(TIMEOUT));
        assertThat(failure).isInstanceOf(expected);
        return expected.cast(failure);
    }

    /** Demands that the connection answers with what it is asked for and not with what is left from before. */
    static void assertAnswers(PgConnection connection) {
        String nonce = UUID.randomUUID().toString();
        assertThat(connection.isHealthy()).isTrue();
        assertThat(texts(connection.query("select $1::text").bind(nonce))).containsExactly(nonce);
        assertThat(texts(connection.query("select '" + nonce + "' union all select 'last'; select 'end'")))
                .containsExactly(nonce, "last", "end");
    }

    /** Polls until the condition holds. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                Assertions.fail("waited " + TIMEOUT + " in vain: " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
