package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;

import io.fluxgres.testkit.PostgresExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;

/** A server, and the clients of a test, which are closed behind it. */
abstract class ClientFixture {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private final List<PgClient> clients = new ArrayList<>();

    @AfterEach
    void closeClients() {
        clients.forEach(client -> close(client).block(TIMEOUT));
    }

    Mono<Void> close(PgClient client) {
        return client.close();
    }

    /** Returns a client with options as they stand in a URL. */
    PgClient client(String... options) {
        return closedBehindTheTest(
                PgClient.create(postgres.url() + (options.length == 0 ? "" : "?" + String.join("&", options))));
    }

    PgClient closedBehindTheTest(PgClient client) {
        clients.add(client);
        return client;
    }
}
