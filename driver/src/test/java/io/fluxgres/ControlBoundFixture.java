package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.SilentLine;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Connections through a line that falls silent at what it is told. */
@Timeout(60)
abstract class ControlBoundFixture {

    /** Of what is not answered; what is answered has more time, for the machine may be busy. */
    static final Duration SHORT = Duration.ofMillis(400);

    static final Duration LONGER = Duration.ofSeconds(1);

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    SilentLine line;
    PgConnection connection;

    @BeforeEach
    void open() {
        postgres.execute("drop table if exists item; create table item (n int)");
        line = SilentLine.to(postgres.host(), postgres.port());
    }

    @AfterEach
    void close() {
        if (connection != null) {
            Connections.close(connection);
        }
        line.close();
    }

    PgOptions options() {
        return PgOptions.parse(postgres.url())
                .with(PgOption.HOST, "127.0.0.1")
                .with(PgOption.PORT, line.port())
                .with(PgOption.DRAIN_TIMEOUT, SHORT);
    }

    PgConnection open(PgOption<Duration> bound) {
        return open(bound, SHORT);
    }

    PgConnection open(PgOption<Duration> bound, Duration time) {
        connection = Connections.open(options().with(bound, time));
        return connection;
    }

    /** Is answered. */
    static Mono<Long> insert(PgConnection connection) {
        return connection.query("insert into item values (1)").timeout(TIMEOUT).rowsUpdated();
    }

    /** Executes what is answered. */
    static void run(PgConnection connection, String sql) {
        connection.query(sql).timeout(TIMEOUT).rowsUpdated().block(TIMEOUT);
    }

    static void assertAnswers(PgConnection connection) {
        assertThat(texts(connection.query("select 'alive'").timeout(TIMEOUT))).containsExactly("alive");
    }

    /** Completes when so many connections are silent. */
    Mono<Long> silence(int connections) {
        return Flux.interval(Duration.ofMillis(5))
                .onBackpressureDrop()
                .filter(n -> line.silenced() == connections)
                .next();
    }
}
