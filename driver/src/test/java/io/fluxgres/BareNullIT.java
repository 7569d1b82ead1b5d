package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/** A null that was bound without a type: the server is to infer one, and is told varchar where it cannot. */
@Timeout(60)
class BareNullIT {

    private static final String ID = "6f0d6be2-9c58-4bd5-8a0c-9e6a4a4ef001";
    private static final String FILTER = "select n from nullable where $1 is null or name = $1 order by n";
    private static final String CHANGE = "update nullable set n = $1 where $2 is null or name = $2";
    private static final int EXECUTIONS = 4;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgClient client;
    private PgConnection connection;

    @BeforeEach
    void open() {
        postgres.execute("drop table if exists nullable; create table nullable (n int, name text, code uuid);"
                + " insert into nullable values (1, 'Lem', '" + ID + "'), (2, null, null)");
        reopen(PgOptions.parse(postgres.url()));
    }

    private void reopen(PgOptions options) {
        client = PgClient.create(options);
        connection = connect();
    }

    private PgConnection connect() {
        PgConnection opened = client.connect().block(TIMEOUT);
        assertThat(opened).isNotNull();
        return opened;
    }

    @AfterEach
    void close() {
        Connections.close(connection);
        client.close().block(TIMEOUT);
    }

    /** Where a statement is executed. */
    enum Place {
        CONNECTION {
            @Override
            Flux<Integer> execute(BareNullIT test, String sql, @Nullable Object... values) {
                return test.connection.query(sql).bind(values).map(row -> row.getInt(0));
            }
        },
        CLIENT {
            @Override
            Flux<Integer> execute(BareNullIT test, String sql, @Nullable Object... values) {
                return test.client.query(sql).bind(values).map(row -> row.getInt(0));
            }
        },
        IN_CHUNKS {
            @Override
            Flux<Integer> execute(BareNullIT test, String sql, @Nullable Object... values) {
                return test.connection.query(sql).bind(values).fetchSize(1).map(row -> row.getInt(0));
            }
        },
        BEGINNING_A_TRANSACTION {
            @Override
            Flux<Integer> execute(BareNullIT test, String sql, @Nullable Object... values) {
                return test.client.inTransaction(
                        tx -> tx.query(sql).bind(values).map(row -> row.getInt(0)));
            }
        },
        IN_A_TRANSACTION {
            @Override
            Flux<Integer> execute(BareNullIT test, String sql, @Nullable Object... values) {
                return test.connection.inTransaction(tx -> tx.query("select 1")
                        .rowsUpdated()
                        .thenMany(tx.query(sql).bind(values).fetchSize(1).map(row -> row.getInt(0))));
            }
        },
        IN_A_BATCH {
            @Override
            Flux<Integer> execute(BareNullIT test, String sql, @Nullable Object... values) {
                return test.connection
                        .query(sql)
                        .bindAll(List.<@Nullable Object[]>of(values))
                        .map(row -> row.getInt(0));
            }
        },
        IN_A_BATCH_OF_THE_CLIENT {
            @Override
            Flux<Integer> execute(BareNullIT test, String sql, @Nullable Object... values) {
                return test.client
                        .query(sql)
                        .bindAll(List.<@Nullable Object[]>of(values))
                        .map(row -> row.getInt(0));
            }
        },
        IN_A_BATCH_OF_A_TRANSACTION {
            @Override
            Flux<Integer> execute(BareNullIT test, String sql, @Nullable Object... values) {
                return test.connection.inTransaction(tx -> tx.query("select 1")
                        .rowsUpdated()
                        .thenMany(tx.query(sql)
                                .bindAll(List.<@Nullable Object[]>of(values))
                                .map(row -> row.getInt(0))));
            }
        };

        abstract Flux<Integer> execute(BareNullIT test, String sql, @Nullable Object... values);
    }

    private void assertGives(List<Integer> expected, Place place, String sql, @Nullable Object... values) {
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(list(place.execute(this, sql, values)))
                    .as(sql + " <- " + Arrays.toString(values))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFilterMayBeLeftOut(Place place) {
        assertGives(List.of(1, 2), place, FILTER, (Object) null);
        assertGives(List.of(1), place, FILTER, "Lem");
        assertGives(List.of(1, 2), place, FILTER, (Object) null);
    }

    @ParameterizedTest
    @EnumSource
    void anyOfSeveralFiltersMayBeLeftOut(Place place) {
        String sql = "select n from nullable where ($1 is null or name = $1) and ($2 is null or name like $2)"
                + " and code = coalesce($3, code) and n = $4";
        assertGives(List.of(1), place, sql, null, null, null, 1);
        assertGives(List.of(1), place, sql, null, "L%", null, 1);
        assertGives(List.of(1), place, sql, "Lem", null, UUID.fromString(ID), 1);
        assertGives(List.of(1), place, sql, null, null, UUID.fromString(ID), 1);
        assertGives(List.of(), place, sql, null, null, null, null);
    }

    /** The string is refused as varchar, and behind that the null without a type. */
    @ParameterizedTest
    @EnumSource
    void aStringBesideItMayHaveAnyType(Place place) {
        String sql = "select n from nullable where ($1 is null or name = $1) and code = $2";
        assertGives(List.of(1), place, sql, null, ID);
        assertGives(List.of(), place, sql, null, null);
        assertGives(List.of(1), place, sql, null, ID);
    }

    /** Which the server infers, whatever another null needs. */
    @ParameterizedTest
    @EnumSource
    void aNullOfAnotherColumnKeepsItsType(Place place) {
        String sql = CHANGE + " returning 0";
        assertGives(List.of(0, 0), place, sql, 5, null);
        assertGives(List.of(0), place, sql, null, "Lem");
        assertGives(List.of(0, 0), place, sql, null, null);
    }

    @ParameterizedTest
    @EnumSource
    void whatHasAnyTypeHasVarchar(Place place) {
        for (String sql : List.of(
                "select 1 where $1 is null",
                "select 1 where pg_typeof($1)::text = 'character varying'",
                "select length(concat($1, 'x'))",
                "select length(json_build_object('a', $1)::text) - 11",
                "select 1 where $1 is null and format('%s', $2) = ''")) {
            @Nullable Object[] nulls = new @Nullable Object[sql.contains("$2") ? 2 : 1];
            assertGives(List.of(1), place, sql, nulls);
        }
    }

    @Test
    void rowsOfABatchMayHaveNullsOrNot() {
        @Nullable Object[][] rows = {{null}, {"Lem"}, {null}, {"nobody"}};
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(list(connection.query(FILTER).bindAll(List.of(rows)).map(row -> row.getInt(0))))
                    .containsExactly(1, 2, 1, 1, 2);
            assertThat(list(client.query(FILTER).bindAll(Flux.just(rows)).map(row -> row.getInt(0))))
                    .containsExactly(1, 2, 1, 1, 2);
        }
    }

    @Test
    void theFirstExecutionsMayBeConcurrent() {
        for (int round = 0; round < 3; round++) {
            assertThat(list(Flux.range(0, 20)
                            .flatMap(
                                    n -> connection
                                            .query(FILTER)
                                            .bind((Object) null)
                                            .map(row -> row.getInt(0))
                                            .count(),
                                    20)))
                    .hasSize(20)
                    .containsOnly(2L);
        }
    }

    @Test
    void theSecondAttemptDoesNotDependOnWhatIsRemembered() {
        close();
        reopen(PgOptions.parse(postgres.url()).with(PgOption.STATEMENT_CACHE_SIZE, 0));
        String sql = FILTER + " /* " + "long ".repeat(5000) + "*/";
        assertGives(List.of(1, 2), Place.CONNECTION, sql, (Object) null);
        assertGives(List.of(1, 2), Place.IN_A_TRANSACTION, sql, (Object) null);
    }

    /** Parameters beyond those of which the driver remembers what their nulls need. */
    @Test
    void oneOfMoreThanSixtyFourParametersIsLeftToTheServer() {
        String typed = IntStream.rangeClosed(1, 63)
                .mapToObj(i -> " and $" + i + "::text is null")
                .collect(Collectors.joining());
        assertGives(List.of(1), Place.CONNECTION, "select 1 where $64 is null" + typed, new @Nullable Object[64]);
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(failure(
                            PgServerException.class,
                            Place.CONNECTION.execute(
                                    this,
                                    "select 1 where $64 is null and $65 is null" + typed,
                                    new @Nullable Object[65])))
                    .hasMessageContaining("parameter $65");
        }
    }

    // ---- what is refused

    @ParameterizedTest
    @EnumSource
    void anotherTypeIsTheCallersToGiveAndTheErrorTellsHow(Place place) {
        String sql = "select n from nullable where ($1 is null or name = $1) and ($2 is null or n = $2)";
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(failure(PgException.class, place.execute(this, sql, null, null)))
                    .hasMessageContaining("parameter $2")
                    .hasMessageContaining("PgParameter.nullOf(Class) gives a null a type");
        }
        assertGives(List.of(2), place, sql, null, 2);
        assertGives(List.of(1, 2), place, sql + " order by n", null, PgParameter.nullOf(Integer.class));
    }

    @Test
    void theErrorOfAStringIsToldWhereNothingHelps() {
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(failure(
                            PgServerException.class,
                            Place.CONNECTION.execute(this, "select no_such_function($1, $2)", null, "x")))
                    .hasMessageContaining("no_such_function(unknown, character varying)");
        }
    }

    @ParameterizedTest
    @EnumSource(value = PgStringType.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void aTypeOfStringsThatTheCallerChoseTurnsTheAttemptsOff(PgStringType stringType) {
        close();
        reopen(PgOptions.parse(postgres.url()).with(PgOption.STRING_TYPE, stringType));
        for (int execution = 0; execution < EXECUTIONS; execution++) {
            assertThat(failure(PgServerException.class, Place.CONNECTION.execute(this, FILTER, (Object) null))
                            .sqlState())
                    .isEqualTo("42P08");
        }
    }

    // ---- transactions

    @Test
    void whatWasDoneBeforeInTheTransactionStays() {
        connection.begin().block(TIMEOUT);
        update("insert into nullable (n) values (3)");
        assertThat(list(Place.CONNECTION.execute(this, FILTER, (Object) null))).containsExactly(1, 2, 3);
        update("insert into nullable (n) values (4)");
        connection.commit().block(TIMEOUT);

        assertThat(list(Place.CONNECTION.execute(this, FILTER, (Object) null))).containsExactly(1, 2, 3, 4);
    }

    @Test
    void statementsThatAreSubscribedTogetherAllSucceedInTheirOrder() {
        connection.begin().block(TIMEOUT);
        List<Long> counts = list(Flux.range(10, 20)
                .flatMapSequential(
                        n -> connection
                                .query("insert into nullable (n) select " + n + " where $1 is null and $2 is null")
                                .bind(null, null)
                                .rowsUpdated(),
                        20));
        connection.commit().block(TIMEOUT);

        assertThat(counts).hasSize(20).containsOnly(1L);
        List<Integer> inserted = new ArrayList<>(
                list(connection.query("select n from nullable where n >= 10").map(row -> row.getInt(0))));
        assertThat(inserted).isSorted().hasSize(20);
    }

    @Test
    void aNullThatNoTypeHelpsAbortsTheTransactionAsEver() {
        connection.begin().block(TIMEOUT);
        assertThat(failure(
                                PgServerException.class,
                                Place.CONNECTION.execute(
                                        this, "select n from nullable where $1 is null or n = $1", (Object) null))
                        .sqlState())
                .isEqualTo("42P08");
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
        connection.rollback().block(TIMEOUT);
        assertThat(list(Place.CONNECTION.execute(this, FILTER, (Object) null))).containsExactly(1, 2);
    }

    @Test
    void aNullThatIsKnownNeedsNoSavepoint() {
        String insert = "insert into nullable (n, name) values (3, $1)";
        assertThat(connection.query(insert).bind((Object) null).rowsUpdated().block(TIMEOUT))
                .isOne();
        assertThat(list(Place.CONNECTION.execute(this, FILTER, (Object) null))).containsExactly(1, 2, 3);

        connection.begin().block(TIMEOUT);
        assertThat(connection.query(insert).bind((Object) null).rowsUpdated().block(TIMEOUT))
                .isOne();
        assertThat(connection.query(FILTER).bind((Object) null).rowsUpdated().block(TIMEOUT))
                .isNotNull();
        assertNoSavepoint();
    }

    /** A null fits whatever type a prepared statement has for it, which is not parsed again. */
    @Test
    void aNullForAPreparedStatementNeedsNoSavepoint() {
        assertGives(List.of(1), Place.CONNECTION, FILTER, "Lem");

        connection.begin().block(TIMEOUT);
        assertThat(list(Place.CONNECTION.execute(this, FILTER, (Object) null))).containsExactly(1, 2);
        assertNoSavepoint();
    }

    private void assertNoSavepoint() {
        assertThat(failure(
                                PgServerException.class,
                                connection
                                        .query("rollback to savepoint fluxgres_guard")
                                        .rowsUpdated())
                        .sqlState())
                .isEqualTo("3B001");
        connection.rollback().block(TIMEOUT);
    }

    // ---- what changes

    /** All connections of a client follow, in a transaction from the one on that was aborted. */
    @ParameterizedTest
    @EnumSource(names = {"CONNECTION", "CLIENT", "IN_CHUNKS", "IN_A_BATCH", "IN_A_BATCH_OF_THE_CLIENT"})
    void aColumnMayChangeItsType(Place place) {
        String sql = "select n from nullable where n is null or name = $1 or $2 = name or $2 is null";
        PgConnection other = connect();
        for (String type : List.of("text", "uuid", "text", "int", "text")) {
            postgres.execute("alter table nullable alter name type " + type + " using null");
            assertGives(List.of(1, 2), place, sql, null, null);
            assertThat(list(other.query(sql).bind(null, null).map(row -> row.getInt(0))))
                    .containsExactly(1, 2);
        }
        Connections.close(other);
    }

    /** Nothing is learnt from a refusal of both ways. */
    @ParameterizedTest
    @EnumSource(names = {"CONNECTION", "IN_A_TRANSACTION", "IN_A_BATCH"})
    void aFilterThatWasRefusedIsFoundWhenItsColumnIsAText(Place place) {
        String sql = "select n from nullable where $1 is null or code = $1 order by n";
        for (int refusals = 1; refusals <= 3; refusals++) {
            postgres.execute("alter table nullable alter code type uuid using null");
            for (int i = 0; i < refusals; i++) {
                failure(PgException.class, place.execute(this, sql, (Object) null));
            }
            postgres.execute("alter table nullable alter code type text using null");
            assertGives(List.of(1, 2), place, sql, (Object) null);
        }
    }

    private void update(String sql) {
        connection.query(sql).rowsUpdated().block(TIMEOUT);
    }
}
