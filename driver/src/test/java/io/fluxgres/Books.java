package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The tables that tests of transactions write to, and what these tests ask again and again. */
final class Books {

    private final PostgresExtension postgres;

    Books(PostgresExtension postgres) {
        this.postgres = postgres;
    }

    void create() {
        postgres.execute("create table book (id int primary key);"
                + "create table page (book int references book deferrable initially deferred);"
                + "create table account (id int primary key, balance int)");
    }

    void reset() {
        postgres.execute("truncate book, page; truncate account; insert into account values (1, 100), (2, 100)");
    }

    /** Returns the committed books. */
    String committed() {
        return String.valueOf(
                postgres.queryForString("select coalesce(string_agg(id::text, ' ' order by id), '') from book"));
    }

    static Mono<Long> insert(PgConnection connection, int id) {
        return connection.query("insert into book values ($1)").bind(id).rowsUpdated();
    }

    static Mono<String> text(PgConnection connection, String sql) {
        return connection.query(sql).map(row -> row.getString(0)).single();
    }

    static void complete(Publisher<?> publisher) {
        Flux.from(publisher).blockLast(TIMEOUT);
    }

    static void assertIdle(PgConnection connection) {
        Connections.assertAnswers(connection);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
    }
}
