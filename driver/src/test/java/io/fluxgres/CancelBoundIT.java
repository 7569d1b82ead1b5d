package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.SilentLine;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that does not close the connection on which it was asked to cancel a statement. */
@Timeout(60)
class CancelBoundIT {

    /** The code of CancelRequest, 1234 and 5678. */
    private static final String CANCEL_REQUEST = "\\x04\\xd2\\x16\\x2e";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @Test
    void itIsWaitedForWithinABound() {
        try (SilentLine line = SilentLine.to(postgres.host(), postgres.port())) {
            PgConnection connection = Connections.open(PgOptions.parse(postgres.url())
                    .with(PgOption.HOST, "127.0.0.1")
                    .with(PgOption.PORT, line.port()));
            CompletableFuture<Long> slow =
                    connection.query("select pg_sleep(100)").rowsUpdated().toFuture();
            CompletableFuture.runAsync(() -> {}, connection.eventLoop())
                    .thenRunAsync(() -> {}, connection.eventLoop())
                    .join();
            line.fallSilentAt(CANCEL_REQUEST);

            connection.cancel().block(TIMEOUT);

            assertThat(line.silenced()).isOne();
            assertThat(slow).isNotDone();
            Connections.close(connection);
            assertThat(slow).failsWithin(TIMEOUT);
        }
    }
}
