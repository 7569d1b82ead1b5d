package io.fluxgres;

import static io.fluxgres.Logins.ask;
import static io.fluxgres.Logins.connect;
import static io.fluxgres.Logins.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.PostgresExtension;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What a real server makes of the options of a session, and what the connection learns of it. */
@Timeout(60)
class SessionParametersIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    // ---- what the server is told

    @Test
    void databaseDefaultsToTheUsersName() {
        postgres.assumeEmbedded();
        PgOptions options =
                PgOptions.defaults().with(PgOption.PORT, postgres.port()).with(PgOption.USER, postgres.user());

        assertThat(ask(options, "select current_database()")).isEqualTo(postgres.user());
    }

    @Test
    void applicationNameIsFluxgresByDefault() {
        assertThat(ask(options(), "show application_name")).isEqualTo("fluxgres");
    }

    @Test
    void applicationNameIsWhatTheUserSees() {
        PgOptions options = PgOptions.parse(postgres.url() + "?applicationName=order%20desk");

        assertThat(ask(options, "select application_name from pg_stat_activity where pid = pg_backend_pid()"))
                .isEqualTo("order desk");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Z",
                "Europe/Berlin",
                "America/New_York",
                "Asia/Kolkata",
                "Asia/Kathmandu",
                "Australia/Lord_Howe",
                "GMT+02:00",
                "UTC-07:00",
                "+05:30",
                "-03:30",
                "+18:00",
                "-18:00",
                "Etc/GMT+5",
                "GMT",
                "UT"
            })
    void serverConvertsInTheZoneOfTheOption(String zone) {
        PgOptions options = options().with(PgOption.TIME_ZONE, ZoneId.of(zone));

        for (String moment : List.of("2024-01-15T12:00:00Z", "2024-07-15T12:00:00Z")) {
            int offset =
                    ZoneId.of(zone).getRules().getOffset(Instant.parse(moment)).getTotalSeconds();
            assertThat(ask(options, "select extract(timezone from timestamptz '" + moment + "')::int"))
                    .isEqualTo(Integer.toString(offset));
        }
    }

    @Test
    void offsetWithSecondsIsRefusedBeforeAnythingIsSent() {
        PgOptions options = options().with(PgOption.TIME_ZONE, ZoneId.of("+01:02:03"));

        assertThatThrownBy(() -> connect(options))
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("+01:02:03");
    }

    @Test
    void namedZoneKeepsItsName() {
        PgOptions options = PgOptions.parse(postgres.url() + "?timeZone=Asia/Kolkata");

        assertThat(ask(options, "show timezone")).isEqualTo("Asia/Kolkata");
    }

    @Test
    void zoneOfTheJvmIsTheDefault() {
        int offset = ZoneId.systemDefault().getRules().getOffset(Instant.EPOCH).getTotalSeconds();

        assertThat(ask(options(), "select extract(timezone from timestamptz 'epoch')::int"))
                .isEqualTo(Integer.toString(offset));
    }

    @ParameterizedTest
    @EnumSource
    void connectsWithEitherProtocolVersion(PgProtocolVersion version) {
        PgOptions options = options().with(PgOption.MAX_PROTOCOL_VERSION, version);

        assertThat(ask(options, "select 'spoken'")).isEqualTo("spoken");
    }

    // ---- what the server tells

    @Test
    void processIdIsThatOfTheBackend() {
        Boolean same = with(
                options(),
                connection -> connection
                        .query("select pg_backend_pid()")
                        .map(row -> row.getInt(0) == connection.processId())
                        .single());

        assertThat(same).isTrue();
    }

    @Test
    void serverParametersAreThoseOfTheSession() {
        PgOptions options = options().with(PgOption.TIME_ZONE, ZoneId.of("Asia/Kolkata"));

        var parameters = with(options, connection -> Mono.just(connection.serverParameters()));

        assertThat(parameters)
                .containsEntry("client_encoding", "UTF8")
                .containsEntry("DateStyle", "ISO, MDY")
                .containsEntry("TimeZone", "Asia/Kolkata")
                .containsEntry("application_name", "fluxgres")
                .containsEntry("session_authorization", postgres.user())
                .containsEntry("server_version", String.valueOf(postgres.queryForString("show server_version")));
        assertThatThrownBy(() -> parameters.put("TimeZone", "UTC")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void serverParametersFollowTheServer() {
        String name = with(
                options(),
                connection -> connection
                        .query("set application_name = 'renamed'")
                        .rowsUpdated()
                        .map(count ->
                                String.valueOf(connection.serverParameters().get("application_name"))));

        assertThat(name).isEqualTo("renamed");
    }

    @Test
    void newConnectionIsIdleAndHealthy() {
        PgConnection connection = connect(options());

        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        assertThat(connection.isHealthy()).isTrue();
        connection.close().block(Logins.PATIENCE);
    }

    private static PgOptions options() {
        return PgOptions.parse(postgres.url());
    }
}
