package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What leaves before any answer has arrived, which is what travels in one flight: the line keeps all answers back. */
@Timeout(60)
class FlightIT {

    private static final String INSERT = "insert into item values ($1, $2)";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private FaultyLine line;
    private PgConnection connection;

    @BeforeEach
    void open() {
        postgres.execute("drop table if exists item; create table item (n int, text text)");
        line = FaultyLine.to(postgres.host(), postgres.port());
        connection = Connections.open(line.through(postgres.url()));
        // the look-up of types that the first connection of a client makes has been answered then
        Connections.assertAnswers(connection);
    }

    @AfterEach
    void close() throws IOException {
        Connections.close(connection);
        line.close();
    }

    /** How many messages of each type go by while no answer is passed on, until the last of them is seen. */
    private final class Flight {

        private final int binds = line.messages('B');
        private final int parses = line.messages('P');
        private final int executes = line.messages('E');
        private final int syncs = line.messages('S');

        Flight() {
            line.holdAnswers();
        }

        void awaitSyncs(int expected) {
            await(expected + " times Sync without an answer", () -> line.messages('S') - syncs >= expected);
            assertThat(line.messages('S') - syncs).isEqualTo(expected);
        }

        void assertMessages(int parse, int bind, int execute) {
            assertThat(List.of(line.messages('P') - parses, line.messages('B') - binds, line.messages('E') - executes))
                    .containsExactly(parse, bind, execute);
        }
    }

    @Test
    void aBatchOfAThousandBindingsIsOneFlight() {
        List<Object[]> rows = IntStream.range(0, 1000)
                .mapToObj(n -> new Object[] {n, "text " + n})
                .toList();
        Flight flight = new Flight();

        CompletableFuture<Long> inserted =
                connection.query(INSERT).bindAll(rows).rowsUpdated().toFuture();

        flight.awaitSyncs(1);
        flight.assertMessages(1, 1000, 1000);
        assertThat(inserted).isNotDone();
        line.releaseAnswers();
        assertThat(inserted).succeedsWithin(TIMEOUT).isEqualTo(1000L);
    }

    @Test
    void aBatchOfAThousandBindingsWithASyncEachIsAsManyFlightsAsThePipelineIsDeepAtOnce() {
        List<Object[]> rows = IntStream.range(0, 1000)
                .mapToObj(n -> new Object[] {n, "text " + n})
                .toList();
        Flight flight = new Flight();

        CompletableFuture<Long> inserted =
                connection.query(INSERT).bindAll(rows).syncEach().rowsUpdated().toFuture();

        flight.awaitSyncs(256);
        line.releaseAnswers();
        assertThat(inserted).succeedsWithin(TIMEOUT).isEqualTo(1000L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHundredConcurrentQueriesAreOneFlight(boolean warm) {
        if (warm) {
            assertThat(hundred()).succeedsWithin(TIMEOUT);
            assertThat(hundred()).succeedsWithin(TIMEOUT);
        }
        Flight flight = new Flight();

        CompletableFuture<List<Integer>> answers = hundred();

        flight.awaitSyncs(100);
        flight.assertMessages(warm ? 0 : 100, 100, 100);
        line.releaseAnswers();
        assertThat(answers)
                .succeedsWithin(TIMEOUT)
                .isEqualTo(IntStream.range(0, 100).boxed().toList());
    }

    private CompletableFuture<List<Integer>> hundred() {
        return Flux.range(0, 100)
                .flatMapSequential(n -> connection.query("select $1").bind(n).map(row -> row.getInt(0)), 100)
                .collectList()
                .toFuture();
    }

    /** Whatever its neighbours are: refused ones, several statements in one text, and those without parameters. */
    @Test
    void statementsOfAllKindsAreOneFlight() {
        List<String> sqls = List.of("select 1", "select missing", "select 2; select 3", "insert into item values (4)");
        Flight flight = new Flight();

        CompletableFuture<List<String>> ends = Flux.fromIterable(sqls)
                .flatMapSequential(sql -> connection
                        .query(sql)
                        .map(row -> row.getString(0))
                        .onErrorResume(PgServerException.class, error -> Flux.just(error.sqlState())))
                .collectList()
                .toFuture();

        flight.awaitSyncs(3);
        flight.assertMessages(3, 3, 3);
        line.releaseAnswers();
        assertThat(ends).succeedsWithin(TIMEOUT).isEqualTo(List.of("1", "42703", "2", "3"));
    }

    @Test
    void beginAndTheFirstStatementOfATransactionAreOneFlight() {
        Flight flight = new Flight();

        CompletableFuture<Long> inserted = connection
                .inTransaction(
                        transaction -> transaction.query(INSERT).bind(1, 1).rowsUpdated())
                .next()
                .toFuture();

        flight.awaitSyncs(1);
        flight.assertMessages(2, 2, 2);
        line.releaseAnswers();
        assertThat(inserted).succeedsWithin(TIMEOUT).isEqualTo(1L);
    }
}
