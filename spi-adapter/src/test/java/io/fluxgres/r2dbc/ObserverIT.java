package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgExecution;
import io.fluxgres.PgObserver;
import io.fluxgres.testkit.PostgresExtension;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.Result;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** An observer that is given by an option, and the context of the subscriber that it sees. */
@Timeout(60)
class ObserverIT {

    private static final String KEY = "span";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    /** The spans of the queries that have ended, by their SQL. */
    private final Map<String, String> spans = new ConcurrentHashMap<>();

    private Connection connection;

    @BeforeEach
    void open() {
        PgObserver observer = new PgObserver() {
            @Override
            public void onQueryEnd(PgExecution execution) {
                spans.put(execution.sql(), execution.context().getOrDefault(KEY, "none"));
            }
        };
        connection = Factories.open(Factories.factory(postgres, FluxgresOptions.OBSERVER.name(), observer));
    }

    @AfterEach
    void close() {
        Factories.close(connection);
    }

    private static void in(String span, Publisher<?> work) {
        Flux.from(work).contextWrite(Context.of(KEY, span)).then().block(TIMEOUT);
    }

    @Test
    void theContextOfTheSubscriberReachesTheObserver() {
        in("a", Flux.from(connection.createStatement("select 1").execute()).flatMap(Result::getRowsUpdated));
        in(
                "b",
                Mono.from(connection.createStatement("select 2").execute())
                        .flatMapMany(result -> result.map((row, metadata) -> row.get(0))));
        in(
                "c",
                Flux.from(connection
                                .createStatement("select $1::int")
                                .bind(0, 1)
                                .add()
                                .bind(0, 2)
                                .execute())
                        .flatMap(Result::getRowsUpdated));
        in(
                "d",
                Flux.from(connection
                                .createBatch()
                                .add("select 3")
                                .add("select 4")
                                .execute())
                        .flatMap(Result::getRowsUpdated));
        in("e", connection.createSavepoint("s"));
        in(
                "f",
                Flux.from(connection.createStatement("selec").execute())
                        .onErrorComplete(R2dbcBadGrammarException.class));

        assertThat(spans.values()).containsExactlyInAnyOrderElementsOf(List.of("a", "b", "c", "d", "e", "f"));
        assertThat(spans)
                .containsEntry("select 1", "a")
                .containsEntry("select 2", "b")
                .containsEntry("selec", "f");
    }
}
