package io.fluxgres.examples.webflux;

import io.fluxgres.PgClient;
import io.fluxgres.PgConnection;
import io.fluxgres.PgRow;
import java.math.BigDecimal;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/** The books by the driver itself, without R2DBC between: on a connection for each request, which ends with it. */
@RestController
@RequestMapping("/direct/books")
class DirectBookController {

    private final PgClient client;

    DirectBookController(PgClient client) {
        this.client = client;
    }

    /** All books, a line each, with the same backpressure. */
    @GetMapping(produces = MediaType.APPLICATION_NDJSON_VALUE)
    Flux<Book> list() {
        return Flux.usingWhen(
                client.connect(),
                connection -> connection
                        .query("select id, isbn, title, price from book order by id")
                        .map(DirectBookController::book),
                PgConnection::close);
    }

    private static Book book(PgRow row) {
        return new Book(
                row.getLong("id"),
                row.require("isbn", String.class),
                row.require("title", String.class),
                row.require("price", BigDecimal.class));
    }
}
