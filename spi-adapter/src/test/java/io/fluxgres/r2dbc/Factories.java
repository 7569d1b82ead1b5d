package io.fluxgres.r2dbc;

import io.fluxgres.testkit.PostgresExtension;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Connection factories to the real server, found as applications find them, and what tests do with them. */
final class Factories {

    static final Duration TIMEOUT = Duration.ofSeconds(20);

    private Factories() {}

    /** Returns the options of a factory, with further ones as {@code name, value} pairs. */
    static ConnectionFactoryOptions options(PostgresExtension postgres, Object... further) {
        ConnectionFactoryOptions.Builder builder = ConnectionFactoryOptions.parse(
                        "r2dbc:fluxgres" + postgres.url().substring("postgresql".length()))
                .mutate();
        for (int i = 0; i < further.length; i += 2) {
            builder.option(Option.<Object>valueOf((String) further[i]), further[i + 1]);
        }
        return builder.build();
    }

    static ConnectionFactory factory(PostgresExtension postgres, Object... further) {
        return ConnectionFactories.get(options(postgres, further));
    }

    static Connection open(ConnectionFactory factory) {
        return await(Mono.from(factory.create()));
    }

    static void close(Connection connection) {
        await(connection.close());
    }

    static <T> T await(Publisher<T> publisher) {
        return Mono.from(publisher).block(TIMEOUT);
    }

    static <T> List<T> list(Publisher<T> publisher) {
        return Flux.from(publisher).collectList().block(TIMEOUT);
    }

    /** Executes SQL whose results do not matter. */
    static void run(Connection connection, String sql) {
        Flux.from(connection.createStatement(sql).execute())
                .flatMap(Result::getRowsUpdated)
                .blockLast(TIMEOUT);
    }

    static <T> List<T> rows(Connection connection, String sql, Function<Row, T> mapper) {
        return list(Flux.from(connection.createStatement(sql).execute())
                .flatMap(result -> result.map((row, metadata) -> mapper.apply(row))));
    }

    static List<Integer> integers(Connection connection, String sql) {
        return rows(connection, sql, row -> row.get(0, Integer.class));
    }
}
