package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.BackendMessages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that ends between the refusal of a statement and the repetition that would have succeeded. */
@Timeout(60)
class LostRepetitionTest {

    private static PgException failureOf(BackendMessages answer) {
        try (CannedServer server = CannedServer.answering(answer.toBytes(), false)) {
            PgConnection connection =
                    PgClient.create(server.options()).connect().block(TIMEOUT);
            return failure(
                    PgException.class,
                    connection.query("select 1 where n = $1").bind("text").rows());
        }
    }

    /** A backend that is terminated looks at that before it reads the Sync. */
    @Test
    void aRefusalOfTheDriversOwnTypesInFrontOfTheEndIsALostConnectionThatIsSafeToRetry() {
        PgException failure = failureOf(new BackendMessages()
                .errorResponse("ERROR", "42883", "operator does not exist: uuid = character varying")
                .errorResponse("FATAL", "57P01", "terminating connection due to administrator command"));

        assertThat(failure).isInstanceOf(PgConnectionException.class);
        assertThat(failure.sqlState()).isEqualTo("57P01");
        assertThat(failure.safeToRetry()).isTrue();
    }

    @Test
    void anErrorOfTheStatementItselfInFrontOfTheEndIsItsOwn() {
        PgException failure = failureOf(new BackendMessages()
                .errorResponse("ERROR", "42703", "column \"n\" does not exist")
                .errorResponse("FATAL", "57P01", "terminating connection due to administrator command"));

        assertThat(failure).isInstanceOf(PgServerException.class);
        assertThat(failure.sqlState()).isEqualTo("42703");
    }
}
