package io.fluxgres;

import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.StringParameterSamples.Sample;
import io.fluxgres.codec.PgType;
import io.fluxgres.testkit.PostgresExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/**
 * Strings as parameters mean what the same strings mean as quoted literals, whatever type the statement wants: each
 * statement gives the rows, or the SQLSTATE, that it gives with literals by the simple query protocol, when it is executed
 * first, again, and when it is prepared.
 */
@Timeout(60)
class StringParameterIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private static final int EXECUTIONS = 4;

    private static PgConnection literals;

    private PgConnection connection;

    @BeforeAll
    static void createTables() {
        postgres.execute(StringParameterSamples.SCHEMA);
        literals = Connections.open(postgres, PgOption.QUERY_MODE, PgQueryMode.SIMPLE);
    }

    @AfterAll
    static void closeLiterals() {
        Connections.close(literals);
    }

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.StringParameterSamples#all")
    void aStringMeansWhatItsLiteralMeans(Sample sample) {
        Outcome expected = Outcome.of(literals.query(sample.withLiterals()));
        List<Outcome> outcomes = new ArrayList<>();
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            outcomes.add(Outcome.of(connection.query(sample.sql()).bind((Object[]) sample.values())));
        }

        assertThat(outcomes).hasSize(EXECUTIONS).containsOnly(expected);
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.StringParameterSamples#all")
    void aStringMeansWhatItsLiteralMeansInATransactionThatGoesOn(Sample sample) {
        Outcome expected = Outcome.of(literals.query(sample.withLiterals()));
        List<Outcome> outcomes = new ArrayList<>();
        List<PgTransactionStatus> states = new ArrayList<>();
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            run(connection, "begin");
            outcomes.add(Outcome.of(connection.query(sample.sql()).bind((Object[]) sample.values())));
            states.add(connection.transactionStatus());
            run(connection, "rollback");
        }

        assertThat(outcomes).hasSize(EXECUTIONS).containsOnly(expected);
        assertThat(states)
                .containsOnly(expected.isFailure() ? PgTransactionStatus.FAILED : PgTransactionStatus.IN_TRANSACTION);
    }

    /** What the server cannot know is refused, each time alike, and a type for each value helps. */
    @ParameterizedTest
    @MethodSource("io.fluxgres.StringParameterSamples#needingTypes")
    void whereNeitherAllTypesNorNoneFitTheCallerSaysThem(Sample sample) {
        Outcome expected = Outcome.of(literals.query(sample.withLiterals()));
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(Outcome.of(connection.query(sample.sql()).bind((Object[]) sample.values()))
                            .sqlState())
                    .isIn("42P18", "42P08", "42883");
        }
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(Outcome.of(connection.query(sample.sql()).bind(typed(sample))))
                    .isEqualTo(expected);
        }
    }

    private static Object[] typed(Sample sample) {
        return Arrays.stream(sample.values())
                .map(value -> PgParameter.of(
                        StringParameterSamples.KEY.equals(value)
                                ? PgType.UUID
                                : "sad".equals(value) ? PgType.UNSPECIFIED : PgType.TEXT,
                        value))
                .toArray();
    }

    /** CALL is not tried behind a savepoint: its first execution in a transaction fails where a type does not fit. */
    @Test
    void aProcedureTakesStringsOfOtherTypes() {
        String sql = "call take($1, $2)";
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(Outcome.of(connection.query(sql).bind(StringParameterSamples.KEY, "{}"))
                            .isFailure())
                    .isFalse();
        }
    }

    /** Each of them is refused at first, when the driver has learnt from the one in front of it already. */
    @Test
    void theFirstExecutionsMayBeConcurrent() {
        PgQuery query = connection.query("select id from person where key = $1").bind(StringParameterSamples.KEY);

        for (int round = 0; round < 3; round++) {
            assertThat(Flux.range(0, 20)
                            .flatMap(n -> Outcome.later(query), 20)
                            .collectList()
                            .block(Connections.TIMEOUT))
                    .hasSize(20)
                    .containsOnly(new Outcome(List.of(List.of("id=1")), "00000"));
        }
    }

    /** What is too long to be remembered, and what was forgotten while it was executed. */
    @Test
    void theSecondAttemptDoesNotDependOnWhatIsRemembered() {
        PgConnection forgetful = Connections.open(postgres, PgOption.STATEMENT_CACHE_SIZE, 0);
        String sql = "select id from person where key = $1 /* " + "long ".repeat(5000) + "*/";

        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(texts(forgetful.query(sql).bind(StringParameterSamples.KEY)))
                    .containsExactly("1");
            assertThat(texts(connection.query(sql).bind(StringParameterSamples.KEY)))
                    .containsExactly("1");
        }

        Connections.close(forgetful);
    }

    @Test
    void aWrongBindingInBetweenTeachesNothing() {
        PgQuery query = connection.query("select id from person where key = $1");
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(texts(query.bind(StringParameterSamples.KEY))).containsExactly("1");
            assertThat(Outcome.of(query.bind(5)).sqlState()).isEqualTo("42883");
        }
    }

    /** What the server needs to choose a function or an operator: the driver declares a type, a literal has none. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "select to_json($1)::text # a # \"a\"",
                "select to_jsonb($1)::text # a # \"a\"",
                "select (tags || $1)::text from person where id = 1 # a # {math,poetry,a}"
            })
    void whereALiteralHasNoTypeAStringHas(String sql, String value, String expected) {
        assertThat(Outcome.of(literals.query(new Sample(sql, value).withLiterals()))
                        .isFailure())
                .isTrue();
        assertGivesAlways(sql, value, expected);
    }

    /** Concatenation wants text and a text, before merging wants a jsonb and a value of no type. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "select (doc || $1)::text from person where id = 2 # {\"b\": 2} # {\"a\": 2}{\"b\": 2}",
                "select (doc || $1::jsonb)::text from person where id = 2 # {\"b\": 2} # {\"a\": 2, \"b\": 2}"
            })
    void whereTextFitsTooACastDecides(String sql, String value, String expected) {
        assertGivesAlways(sql, value, expected);
    }

    private void assertGivesAlways(String sql, String value, String expected) {
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(texts(connection.query(sql).bind(value))).containsExactly(expected);
        }
    }

    /** The server fixes the type of a parameter where it comes first, and has none for it in front of IS NULL. */
    @Test
    void aFilterOfAnotherTypeNamesItOrComesBeforeIsNull() {
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(Outcome.of(connection
                                    .query("select id from person where $1 is null or id = $1")
                                    .bind("2"))
                            .sqlState())
                    .isEqualTo("42883");
            assertThat(texts(connection
                            .query("select id from person where $1::int is null or id = $1")
                            .bind("2")))
                    .containsExactly("2");
            assertThat(texts(connection
                            .query("select id from person where id = $1 or $1 is null")
                            .bind("2")))
                    .containsExactly("2");
        }
    }

    /** A literal is refused as ambiguous, with 42725. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select born + $1 from person",
                "select date_trunc('month', $1)",
                "select age($1)",
                "select either($1)",
                "select $1 + $2"
            })
    void whatNeitherWayHelpsFailsWithTheErrorOfTheFirst(String sql) {
        Object[] values = sql.contains("$2") ? new Object[] {"1", "2"} : new Object[] {"1"};
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(Outcome.of(connection.query(sql).bind(values)).sqlState())
                    .isEqualTo("42883");
        }

        Connections.assertAnswers(connection);
    }
}
