package io.fluxgres;

import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.text;

import io.fluxgres.testkit.PostgresExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;

/** A server whose connections are going to be lost, and a connection to it that is not. */
abstract class FaultsFixture {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    /** Ends backends and looks at what was written. */
    static PgConnection control;

    @BeforeAll
    static void openControl() {
        control = Connections.open(postgres);
    }

    @AfterAll
    static void closeControl() {
        Connections.close(control);
    }

    /** Has an administrator end the backend of a connection. */
    static Mono<Void> terminateBackend(PgConnection connection) {
        return control.query("select pg_terminate_backend($1)")
                .bind(connection.processId())
                .rowsUpdated()
                .then();
    }

    /** What the server has received of a connection that is lost it executes nevertheless. */
    static void awaitBackendsEnd(PgConnection connection) {
        String sql = "select count(*)::text from pg_stat_activity where pid = " + connection.processId();
        await("the backend has gone", () -> "0".equals(text(control, sql)));
    }
}
