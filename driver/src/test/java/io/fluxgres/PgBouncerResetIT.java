package io.fluxgres;

import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/**
 * What moves a session to another zone behind a PgBouncer that shares connections by transaction: a reset, which hits a
 * connection whose zone is the server's, or its user.
 */
@Timeout(60)
class PgBouncerResetIT extends PgBouncerFixture {

    @ParameterizedTest
    @ValueSource(strings = {"sessionReset=marked", "sessionReset=always"})
    void aSessionThatTheResetMovesIsReplacedBeforeItsValuesAreRead(String reset) {
        startWithConnections(1);
        PgClient client =
                client("statementCacheSize=0", "sharedConnections=1", "poolSize=1", "timeZone=Asia/Tokyo", reset);

        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(exclusive(client, "select set_config('app.tenant', 'left', false)"))
                    .isEqualTo("left");
            assertThat(transaction(client, MOMENT, MOMENT + "::text"))
                    .containsExactly(MOMENT_IN_TOKYO, MOMENT_IN_TOKYO);
        }

        awaitReplacement();
    }

    @Test
    void aSharedSessionThatTheResetMovesIsReplacedToo() {
        startWithConnections(1);
        PgClient client = client("statementCacheSize=0", "sharedConnections=1", "timeZone=Asia/Tokyo");

        List<String> moments = list(Flux.range(0, 100)
                .flatMap(
                        n -> client.query(
                                        n % 20 == 0
                                                ? "select timestamptz '2024-07-01 12:00:00Z', set_config('app.tenant', 'left', false)"
                                                : MOMENT)
                                .map(row -> row.getString(0)),
                        8));

        assertThat(moments).hasSize(100).containsOnly(MOMENT_IN_TOKYO);
        awaitReplacement();
    }

    @Test
    void withoutAResetNoSessionIsReplacedAndWhatIsLeftStays() {
        startWithConnections(1);
        PgClient client = client(and(DOCUMENTED, "timeZone=Asia/Tokyo"));

        for (int i = 0; i < COLD_TO_WARM; i++) {
            exclusive(client, "select set_config('app.tenant', 'left', false)");
            assertThat(transaction(client, MOMENT, "select current_setting('app.tenant')"))
                    .containsExactly(MOMENT_IN_TOKYO, "left");
        }

        assertThat(observer.disconnects()).isEmpty();
    }

    @Test
    void withoutAResetASessionThatItsUserHasMovedIsReplaced() {
        startWithConnections(1);
        PgClient client = client("statementCacheSize=0", "sessionReset=never", "poolSize=1", "timeZone=Asia/Tokyo");

        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(transaction(client, "set timezone = 'UTC'", MOMENT)).containsExactly("2024-07-01 12:00:00+00");
            assertThat(transaction(client, MOMENT)).containsExactly(MOMENT_IN_TOKYO);
        }
    }

    @Test
    void aSharedSessionThatAStatementMovesEndsBeforeOthersReadTheirValues() {
        startWithConnections(1);
        PgClient client =
                client("statementCacheSize=0", "sessionReset=never", "sharedConnections=1", "timeZone=Asia/Tokyo");
        PgQuery moving = client.query("select set_config('TimeZone', 'UTC', false)");

        assertThat(failure(PgConnectionException.class, moving.rowsUpdated())).hasMessageContaining("others share");

        assertThat(list(client.query(MOMENT).map(row -> row.getString(0)))).containsExactly(MOMENT_IN_TOKYO);
    }
}
