package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.fluxgres.testkit.AuthRole;
import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocol's log of real traffic. */
@Timeout(60)
class TraceIT {

    private static final String VALUE = "secret-4be0";
    private static final int NUMBER = 1_886_545_267;
    private static final String PREPARED = "select $1 || 'x', $2 + 1";

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @ParameterizedTest
    @CsvSource({"SCRAM, extended", "PASSWORD, extended", "MD5, extended", "SCRAM, simple", "SCRAM, auto"})
    void aTranscriptHasNoPasswordAndNoValue(AuthRole role, String queryMode) {
        try (LogLines log = LogLines.of("io.fluxgres.protocol", Level.TRACE)) {
            PgConnection connection = Connections.open(
                    PgOptions.parse(POSTGRES.url(role) + "?allowCleartextPassword=true&queryMode=" + queryMode));
            for (int i = 0; i < 3; i++) {
                assertThat(connection
                                .query(PREPARED)
                                .bind(VALUE, NUMBER)
                                .map(row -> row.getString(0) + row.getLong(1))
                                .blockFirst(TIMEOUT))
                        .isEqualTo(VALUE + "x" + (NUMBER + 1L));
            }
            Connections.close(connection);

            assertThat(log.lines())
                    .noneMatch(line -> line.contains(VALUE))
                    .noneMatch(line -> line.contains(Integer.toString(NUMBER)))
                    .noneMatch(line -> line.contains(Integer.toString(NUMBER + 1)))
                    // the bytes of the number as text would show in a printed binary value
                    .noneMatch(line -> line.contains("\\x70\\x72") || line.contains("pr\\x"))
                    .noneMatch(line -> line.contains(role.password()));
            assertThat(messages(log))
                    .startsWith("F StartupMessage")
                    .contains("B BackendKeyData", "B DataRow", "B CommandComplete", "B ReadyForQuery")
                    .endsWith("F Terminate");
        }
    }

    @Test
    void aTranscriptShowsEachMessageOfBothDirectionsOnce() {
        try (LogLines log = LogLines.of("io.fluxgres.protocol", Level.TRACE)) {
            PgConnection connection = Connections.open(PgOptions.parse(POSTGRES.url(AuthRole.SCRAM)));
            // what the driver sets in front of the first statement is answered
            connection.query("select 0").rowsUpdated().block(TIMEOUT);
            int login = log.lines().size();
            connection.query("select $1").bind(1).rows().blockLast(TIMEOUT);
            List<String> query = messages(log).subList(login, log.lines().size());
            Connections.close(connection);

            assertThat(query)
                    .containsExactly(
                            "F Parse",
                            "F Describe",
                            "F Bind",
                            "F Execute",
                            "F Sync",
                            "B ParseComplete",
                            "B ParameterDescription",
                            "B RowDescription",
                            "B BindComplete",
                            "B DataRow",
                            "B CommandComplete",
                            "B ReadyForQuery");
            assertThat(messages(log).subList(0, login))
                    .startsWith(
                            "F StartupMessage",
                            "B AuthenticationSASL",
                            "F SASLInitialResponse",
                            "B AuthenticationSASLContinue",
                            "F SASLResponse",
                            "B AuthenticationSASLFinal",
                            "B AuthenticationOk");
        }
    }

    @Test
    void longRowsAreShownByTheirHeadersAndTheNextMessageIsNotLost() {
        try (LogLines log = LogLines.of("io.fluxgres.protocol", Level.TRACE)) {
            PgConnection connection = Connections.open(POSTGRES);
            run(connection, "select repeat('x', n) from unnest(array[10, 1000000, 20]) n");
            Connections.close(connection);

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("DataRow"))
                    .extracting(line -> line.substring(line.indexOf('B')))
                    .containsExactly(
                            "B\t20\tDataRow\t 1 10 '...'",
                            "B\t1000010\tDataRow\t (too long to be printed)",
                            "B\t30\tDataRow\t 1 20 '...'");
            assertThat(messages(log)).endsWith("B CommandComplete", "B ReadyForQuery", "F Terminate");
        }
    }

    @Test
    void aCancelRequestIsPartOfTheTranscriptWithoutItsKey() {
        try (LogLines log = LogLines.of("io.fluxgres.protocol", Level.TRACE)) {
            PgConnection connection = Connections.open(POSTGRES);
            failure(
                    PgTimeoutException.class,
                    connection
                            .query("select pg_sleep(100)")
                            .timeout(Duration.ofMillis(100))
                            .rowsUpdated());
            run(connection, "select 1");

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("CancelRequest"))
                    .singleElement()
                    .asString()
                    .endsWith("CancelRequest\t 1234 5678 " + connection.processId() + " '...'");
            Connections.close(connection);
        }
    }

    @Test
    void aConnectionThatWasMadeWithoutTracingIsNotTraced() {
        PgConnection connection = Connections.open(POSTGRES);
        try (LogLines log = LogLines.of("io.fluxgres.protocol", Level.TRACE)) {
            run(connection, "select 1");

            assertThat(log.lines()).isEmpty();
        }
        Connections.close(connection);
    }

    /** Returns direction and name of each message. */
    private static List<String> messages(LogLines log) {
        return log.lines().stream()
                .map(line -> line.substring(line.indexOf(' ') + 1).split("\t"))
                .map(fields -> fields[0] + " " + fields[2])
                .toList();
    }
}
