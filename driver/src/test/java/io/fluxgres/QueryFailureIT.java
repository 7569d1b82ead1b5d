package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** Errors of the server: what they tell and what they leave behind. */
@Timeout(60)
class QueryFailureIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    @Test
    void aConstraintViolationTellsAllTheServerTold() {
        run(connection, "create schema shop; create table shop.book (id int constraint book_id primary key)");
        PgQuery insert = connection.query("insert into shop.book values ($1)").bind(77);
        insert.rowsUpdated().block(TIMEOUT);

        for (int execution = 0; execution < 4; execution++) {
            PgServerException error = failure(PgServerException.class, insert.rowsUpdated());

            assertThat(error)
                    .hasMessageStartingWith("ERROR 23505: duplicate key")
                    .hasMessageNotContaining("77");
            assertThat(error.fault()).isEqualTo(PgException.Fault.CALLER);
            assertThat(error.safeToRetry()).isFalse();
            PgErrorFields fields = error.errorFields();
            assertThat(fields.severity()).isEqualTo("ERROR");
            assertThat(fields.sqlState()).isEqualTo("23505").isEqualTo(error.sqlState());
            assertThat(fields.message()).contains("book_id");
            assertThat(fields.detail()).isEqualTo("Key (id)=(77) already exists.");
            assertThat(fields.schema()).isEqualTo("shop");
            assertThat(fields.table()).isEqualTo("book");
            assertThat(fields.constraint()).isEqualTo("book_id");
            assertThat(fields.column()).isNull();
            assertThat(fields.file()).isEqualTo("nbtinsert.c");
            assertThat(fields.line()).matches("\\d+");
            assertThat(fields.routine()).isEqualTo("_bt_check_unique");
            assertThat(fields.position()).isZero();
        }
        assertAnswers(connection);
    }

    @Test
    void aSyntaxErrorTellsItsPositionInCharacters() {
        PgErrorFields fields = failure(
                        PgServerException.class,
                        connection.query("select '\uD83D\uDE00ä' frm pg_class").rows())
                .errorFields();

        assertThat(fields.sqlState()).isEqualTo("42601");
        assertThat(fields.position()).isEqualTo(17);
    }

    @ParameterizedTest
    @EnumSource(
            value = PgQueryMode.class,
            names = {"EXTENDED", "SIMPLE"})
    void theMessageNamesPlaceHintAndSqlWithoutItsConstants(PgQueryMode mode) {
        PgConnection other = Connections.open(postgres, PgOption.QUERY_MODE, mode);
        try {
            run(other, "create temporary table message_place (title text)");
            String sql = "select title -- all\nfrom message_place\nwhere 'swordfish' = titel and 4711 > 0";
            for (int execution = 0; execution < 3; execution++) {
                assertThat(failure(PgServerException.class, other.query(sql).rows()))
                        .hasMessage(
                                "ERROR 42703: column \"titel\" does not exist; hint: Perhaps you meant to reference the"
                                        + " column \"message_place.title\".; at 3:21 of the SQL: select title from message_place"
                                        + " where ? = titel and ? > ?");
            }
            PgQuery bound = other.query("select 1 / (length($1) - 9)").bind("swordfish");
            for (int execution = 0; execution < 3; execution++) {
                assertThat(failure(PgServerException.class, bound.rows()))
                        .hasMessage("ERROR 22012: division by zero; in the SQL: select ? / (length($1) - ?)");
            }
        } finally {
            Connections.close(other);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select relname from pg_class where relname = ?",
                "select relname from pg_class where relname = ? and true",
                "select relname from pg_class where relname in (?, ?)",
                "select relname from pg_class where relname = :name limit 1"
            })
    void placeholdersOfOtherDriversAreToldHowParametersAreWritten(String sql) {
        String hint = "hint: parameters are written $1, $2";
        for (PgQueryMode mode : List.of(PgQueryMode.EXTENDED, PgQueryMode.SIMPLE)) {
            PgConnection other = Connections.open(postgres, PgOption.QUERY_MODE, mode);
            try {
                PgQuery query = other.query(sql);
                assertThat(failure(PgServerException.class, query.rows())).hasMessageContaining(hint);
                assertThat(failure(PgUsageException.class, query.bind("x").rows()))
                        .hasMessageContaining("0 parameters")
                        .hasMessageContaining(hint);
                assertThat(failure(
                                PgServerException.class,
                                other.query("selec '?', a::text").rows()))
                        .hasMessageNotContaining("hint");
            } finally {
                Connections.close(other);
            }
        }
    }

    @Test
    void anErrorInAFunctionTellsWhere() {
        run(
                connection,
                "create function failing() returns int language plpgsql as $$ begin"
                        + " raise 'on purpose' using hint = 'do not', detail = 'nothing', errcode = 'XY123',"
                        + " column = 'c', datatype = 'd'; end $$");

        PgErrorFields fields = failure(
                        PgServerException.class,
                        connection.query("select failing()").rows())
                .errorFields();

        assertThat(fields.sqlState()).isEqualTo("XY123");
        assertThat(fields.message()).isEqualTo("on purpose");
        assertThat(fields.hint()).isEqualTo("do not");
        assertThat(fields.detail()).isEqualTo("nothing");
        assertThat(fields.where()).startsWith("PL/pgSQL function failing() line 1 at RAISE");
        assertThat(fields.column()).isEqualTo("c");
        assertThat(fields.dataType()).isEqualTo("d");
    }

    @Test
    void anErrorBehindRowsComesAfterThem() {
        for (int execution = 0; execution < 4; execution++) {
            StepVerifier.create(connection
                            .query("select 6 / (3 - n) from generate_series(1, $1::int) n")
                            .bind(5)
                            .map(row -> row.getInt(0)))
                    .expectNext(3, 6)
                    .expectErrorMatches(error -> error instanceof PgServerException server
                            && server.sqlState().equals("22012"))
                    .verify(TIMEOUT);
            assertAnswers(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from missing",
                "selec 1",
                "select 1 / 0",
                "select 'x'::int",
                "select 1; select * from missing",
                "select 1 / (5000 - n) from generate_series(1, 10000) n",
                "fetch all from missing",
                "execute missing",
                "call missing()",
                "rollback to savepoint missing",
                "do $$ begin raise 'x'; end $$"
            })
    void anErrorFailsTheQueryAloneOutsideATransactionAndTheTransactionInside(String sql) {
        for (int execution = 0; execution < 3; execution++) {
            failure(PgServerException.class, connection.query(sql).rows());
            assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
            failure(PgServerException.class, connection.query(sql).rowsUpdated());
            assertAnswers(connection);
        }
        run(connection, "begin");
        failure(PgServerException.class, connection.query(sql).rows());
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
        assertThat(failure(PgServerException.class, connection.query("select 1").rows())
                        .sqlState())
                .isEqualTo("25P02");
        run(connection, "rollback");
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        assertAnswers(connection);
    }

    @ParameterizedTest
    @CsvSource({"statement_timeout, 57014", "transaction_timeout, 25P04"})
    void aTimeoutOfTheServerIsAnError(String setting, String sqlState) {
        if (setting.equals("transaction_timeout")) {
            postgres.assumeVersionAtLeast(17);
        }
        run(connection, "set " + setting + " to '200ms'");

        PgException error = failure(
                PgException.class, connection.query("select pg_sleep(15)").rows());

        assertThat(error.sqlState()).isEqualTo(sqlState);
        if (connection.isHealthy()) {
            run(connection, "set " + setting + " to 0");
            assertAnswers(connection);
        }
    }

    @Test
    void aSerializationFailureLeavesTheTransactionToBeRolledBack() {
        run(connection, "create table account (id int primary key, amount int); insert into account values (1, 10)");
        run(connection, "begin isolation level serializable");
        list(connection.query("select amount from account").rows());
        postgres.execute("update account set amount = 11");

        PgServerException error = failure(
                PgServerException.class,
                connection.query("update account set amount = 12").rowsUpdated());

        assertThat(error.sqlState()).isEqualTo("40001");
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
        run(connection, "rollback");
        assertThat(text(connection, "select amount::text from account")).isEqualTo("11");
    }

    @Test
    void anErrorAtCommitIsTheErrorOfTheCommit() {
        run(connection, "create table deferring (n int unique deferrable initially deferred)");
        run(connection, "begin");
        run(connection, "insert into deferring values (1), (1)");

        PgServerException error =
                failure(PgServerException.class, connection.query("commit").rowsUpdated());

        assertThat(error.sqlState()).isEqualTo("23505");
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
        assertThat(text(connection, "select count(*)::text from deferring")).isEqualTo("0");
    }
}
