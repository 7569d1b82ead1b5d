package io.fluxgres;

import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.fluxgres.testkit.PgBouncer.PoolMode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** A PgBouncer whose connections to the server are a client's for a session each, with what docs/poolers.md says of it. */
@Timeout(60)
class PgBouncerSessionIT extends PgBouncerFixture {

    private static final String TENANT = "select coalesce(nullif(current_setting('app.tenant', true), ''), 'nobody')";
    private static final String LOCKS =
            "select count(*)::text from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()";

    @BeforeEach
    void startPooler() {
        start(PoolMode.SESSION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select set_config('app.tenant', 'left', false)",
                "select pg_advisory_lock(1)",
                "set app.tenant = 'left'",
                "create temp table left_over (id int)",
                "prepare left_over as select 1",
                "listen left_over"
            })
    void whatATransactionLeavesTheNextUserDoesNotFindInTheSameSession(String sql) {
        PgClient client = client("poolSize=1", "timeZone=UTC");
        String process = transaction(client, PROCESS).get(0);

        for (int i = 0; i < COLD_TO_WARM; i++) {
            transaction(client, sql);
            assertThat(transaction(
                            client,
                            TENANT,
                            LOCKS,
                            "select count(*)::text from pg_class where relname = 'left_over'",
                            "select count(*)::text from pg_prepared_statements where name = 'left_over'",
                            "select count(*)::text from pg_listening_channels()",
                            PROCESS))
                    .containsExactly("nobody", "0", "0", "0", "0", process);
        }
        assertThat(observer.disconnects()).isEmpty();
    }

    @Test
    void statementsAreKeptPrepared() {
        PgClient client = client("poolSize=1", "timeZone=UTC");
        for (int i = 0; i < 5; i++) {
            transaction(client, "select set_config('app.tenant', 'left', false)", "select 'kept' where 1 = 1");
        }

        assertThat(transaction(
                        client,
                        "select sum(generic_plans + custom_plans)::text from pg_prepared_statements"
                                + " where statement = 'select ''kept'' where 1 = 1'"))
                .containsExactly("4");
    }

    @Test
    void aSessionOfThePoolerServesOneProgramAfterTheOther() {
        String first = null;
        for (int i = 0; i < COLD_TO_WARM; i++) {
            PgConnection connection = Connections.open(options());
            String process = text(connection, PROCESS);
            first = first == null ? process : first;
            assertThat(process).isEqualTo(first);
            assertThat(text(connection, TENANT)).isEqualTo("nobody");
            for (int n = 0; n < COLD_TO_WARM; n++) {
                assertThat(text(connection, "select 'warm'")).isEqualTo("warm");
            }
            run(connection, "set app.tenant = 'left'");
            Connections.close(connection);
        }
    }

    @Test
    void manyStatementsGetTheirOwnAnswers() {
        PgClient client = client();

        List<Integer> answers = list(Flux.range(0, 1000)
                .flatMap(
                        n -> n % 5 == 0
                                ? client.inTransaction(transaction -> transaction
                                        .query("select $1 + 0")
                                        .bind(n)
                                        .map(row -> row.getInt(0)))
                                : client.query("select $1 + 0").bind(n).map(row -> row.getInt(0)),
                        32));

        assertThat(answers)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 1000).boxed().toList());
    }

    @Test
    void aSessionThatTheResetMovesToTheZoneOfTheServerIsReplaced() {
        PgClient client = client("sharedConnections=1", "poolSize=1", "timeZone=Asia/Tokyo");

        for (int i = 0; i < COLD_TO_WARM; i++) {
            assertThat(exclusive(client, "select set_config('app.tenant', 'left', false)"))
                    .isEqualTo("left");
            assertThat(transaction(client, MOMENT, MOMENT + "::text", TENANT))
                    .containsExactly(MOMENT_IN_TOKYO, MOMENT_IN_TOKYO, "nobody");
        }

        awaitReplacement();
    }

    @Test
    void aLockTimeoutThatIsRefusedIsSetAndHoldsBehindResets() {
        try (LogLines log = LogLines.of("io.fluxgres.connection", Level.WARN)) {
            PgClient client = client("poolSize=1", "timeZone=UTC", "lockTimeout=500ms");
            for (int i = 0; i < COLD_TO_WARM; i++) {
                assertThat(transaction(client, "show lock_timeout", "select set_config('app.tenant', 'left', false)"))
                        .containsExactly("500ms", "left");
            }
            assertThat(log.lines()).singleElement().asString().contains("unsupported startup parameter: lock_timeout");
        }
    }
}
