package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Connects on behalf of tests, which may block, and closes what they do not keep. */
final class Logins {

    /** How long anything may take that is expected to end. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private Logins() {}

    /** Returns a connection that the caller closes. */
    static PgConnection connect(PgOptions options) {
        return PgClient.create(options).connect().blockOptional(PATIENCE).orElseThrow();
    }

    /** Works with a connection and closes it. */
    static <T> T with(PgOptions options, Function<PgConnection, Mono<T>> work) {
        return Mono.usingWhen(PgClient.create(options).connect(), work, PgConnection::close)
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    /** Returns the text of the only column of the only row, by a connection of its own. */
    static String ask(PgOptions options, String sql) {
        return with(
                options,
                connection -> connection
                        .query(sql)
                        .map(row -> String.valueOf(row.getString(0)))
                        .single());
    }

    /**
     * Waits until the server has so many backends that fulfil a condition on {@code pg_stat_activity}: they appear and
     * disappear a little behind their connections. Every look takes the time of a connection.
     */
    static void awaitBackends(PostgresExtension postgres, String condition, int expected) {
        String sql = "select count(*) from pg_stat_activity where " + condition;
        String wanted = Integer.toString(expected);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String found = postgres.queryForString(sql);
        while (!wanted.equals(found) && System.nanoTime() < deadline) {
            found = postgres.queryForString(sql);
        }
        assertThat(found).as("backends with %s", condition).isEqualTo(wanted);
    }
}
