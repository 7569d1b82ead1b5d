package io.fluxgres.examples;

import io.fluxgres.r2dbc.FluxgresOptions;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Result;
import java.math.BigDecimal;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The Java blocks of the README and of docs/r2dbc.md about R2DBC. A block of a document stands in one of these methods word
 * for word.
 */
final class R2dbcSnippets {

    private R2dbcSnippets() {}

    static ConnectionFactory create() {
        ConnectionFactory factory = ConnectionFactories.get("r2dbc:fluxgres://app:secret@localhost/shop");

        return factory;
    }

    static ConnectionFactory createWithOptions() {
        ConnectionFactory factory =
                ConnectionFactories.get("r2dbc:fluxgres://app:secret@localhost/shop?pipelineDepth=64");

        return factory;
    }

    static ConnectionFactory createWithTypedOptions() {
        ConnectionFactoryOptions options = ConnectionFactoryOptions.parse("r2dbc:fluxgres://app:secret@localhost/shop")
                .mutate()
                .option(FluxgresOptions.STATEMENT_TIMEOUT, Duration.ofSeconds(5))
                .build();

        return ConnectionFactories.get(options);
    }

    static Flux<String> query(ConnectionFactory factory) {
        Flux<String> titles = Flux.usingWhen(
                factory.create(),
                connection -> Flux.from(connection
                                .createStatement("select title from book where price < $1 order by id")
                                .bind("$1", 10)
                                .execute())
                        .concatMap(result -> result.map(row -> row.get("title", String.class))),
                Connection::close);

        return titles;
    }

    static Flux<Long> batch(ConnectionFactory factory) {
        Flux<Long> inserted = Flux.usingWhen(
                factory.create(),
                connection -> Flux.from(connection
                                .createStatement("insert into book (id, title, price) values ($1, $2, $3)")
                                .bind("$1", 1L)
                                .bind("$2", "Solaris")
                                .bind("$3", new BigDecimal("12.50"))
                                .add()
                                .bind("$1", 2L)
                                .bind("$2", "Fiasco")
                                .bind("$3", new BigDecimal("9.90"))
                                .execute())
                        .concatMap(Result::getRowsUpdated),
                Connection::close);

        return inserted;
    }

    static Mono<Long> transaction(ConnectionFactory factory) {
        Mono<Long> moved = Mono.usingWhen(
                factory.create(),
                connection -> Mono.from(connection.beginTransaction())
                        .then(Mono.from(connection
                                .createStatement("update book set shelf = $1 where id = $2")
                                .bind("$1", 7)
                                .bind("$2", 2L)
                                .execute()))
                        .flatMap(result -> Mono.from(result.getRowsUpdated()))
                        .flatMap(rows ->
                                Mono.from(connection.commitTransaction()).thenReturn(rows)),
                Connection::close);

        return moved;
    }
}
