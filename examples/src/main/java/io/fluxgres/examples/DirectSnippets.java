package io.fluxgres.examples;

import io.fluxgres.PgClient;
import io.fluxgres.PgConnection;
import io.fluxgres.PgExecution;
import io.fluxgres.PgObserver;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The Java blocks of the README and of docs/observing.md about the driver's own API. A block of a document stands in one of
 * these methods word for word.
 */
@SuppressWarnings("NullAway") // no column that is read here is null
final class DirectSnippets {

    /** What the snippet about observers gives its figures to. */
    interface Timer {

        void record(Duration duration);
    }

    private DirectSnippets() {}

    static PgClient create() {
        PgClient client = PgClient.create("postgresql://app@localhost/shop");

        return client;
    }

    static Flux<?> query(PgClient client) {
        record Book(long id, String title, BigDecimal price) {}

        Flux<Book> cheap = client.query("select id, title, price from book where price < $1 order by id")
                .bind(10)
                .as(Book.class);

        return cheap;
    }

    static Flux<String> stream(PgClient client) {
        Flux<String> titles = client.query("select title from book order by id")
                .map(row -> row.getString("title"))
                .limitRate(100);

        return titles;
    }

    static Mono<Long> batch(PgClient client) {
        List<Object[]> rows = List.of(
                new Object[] {1L, "Solaris", new BigDecimal("12.50")},
                new Object[] {2L, "Fiasco", new BigDecimal("9.90")});

        Mono<Long> inserted = client.query("insert into book (id, title, price) values ($1, $2, $3)")
                .bindAll(rows)
                .rowsUpdated();

        return inserted;
    }

    static Mono<Long> transaction(PgClient client) {
        Mono<Long> moved = client.inTransaction(transaction -> transaction
                        .query("update book set shelf = $1 where id = $2")
                        .bind(7, 2L)
                        .rowsUpdated()
                        .then(transaction
                                .query("update shelf set books = books + 1 where id = $1")
                                .bind(7)
                                .rowsUpdated()))
                .single();

        return moved;
    }

    static Flux<String> exclusiveConnection(PgClient client) {
        Flux<String> zone = Flux.usingWhen(
                client.connect(),
                connection -> connection
                        .query("set time zone 'Asia/Tokyo'")
                        .rowsUpdated()
                        .thenMany(connection.query("show time zone").map(row -> row.getString(0))),
                PgConnection::close);

        return zone;
    }

    static PgClient observe(PgOptions options, Timer timer) {
        PgObserver observer = new PgObserver() {
            @Override
            public void onQueryEnd(PgExecution query) {
                timer.record(query.duration());
            }
        };
        PgClient client = PgClient.create(options.with(PgOption.OBSERVER, observer));

        return client;
    }
}
