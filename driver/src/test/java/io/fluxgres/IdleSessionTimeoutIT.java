package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.AuthRole;
import io.fluxgres.testkit.DelayProxy;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that ends sessions which nobody uses. */
@Timeout(60)
class IdleSessionTimeoutIT extends ClientFixture {

    private static final String OF_CLIENT = "application_name = 'idle-session-timeout'";

    private final RecordingObserver observer = new RecordingObserver();

    @BeforeEach
    void endIdleSessions() {
        postgres.assumeEmbedded();
        postgres.execute("alter role " + AuthRole.TRUST.user() + " in database \"" + postgres.database()
                + "\" set idle_session_timeout = '300ms'");
    }

    @Test
    void aClientThatNobodyUsesLogsInOnceMoreAtMostForEachConnectionThatWasUsed() {
        try (DelayProxy line = DelayProxy.start(postgres.host(), postgres.port(), Duration.ZERO)) {
            PgClient client = closedBehindTheTest(PgClient.create(PgOptions.parse(postgres.url(AuthRole.TRUST))
                    .with(PgOption.HOST, "127.0.0.1")
                    .with(PgOption.PORT, line.port())
                    .with(PgOption.APPLICATION_NAME, "idle-session-timeout")
                    .with(PgOption.SHARED_CONNECTIONS, 1)
                    .with(PgOption.POOL_SIZE, 1)
                    .with(PgOption.OBSERVER, observer)));
            execute(client.query("select 1"));
            execute(client.query("select 1").exclusive());
            int used = line.accepted();

            await("the ends of both", () -> observer.disconnects().size() >= 2);
            Logins.awaitBackends(postgres, OF_CLIENT, 0);
            postgres.queryForString("select pg_sleep(2)");

            assertThat(line.accepted()).isBetween(used, used + 2);
            execute(client.query("select 1"));
            client.inTransaction(transaction -> transaction.query("select 1").rowsUpdated())
                    .retry()
                    .blockLast(TIMEOUT);
        }
    }

    /** On a busy machine the session may end between its login and its statement. */
    private static void execute(PgQuery query) {
        assertThat(query.map(row -> row.getInt(0)).retry().blockLast(TIMEOUT)).isOne();
    }
}
