package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fluxgres.PgConnection;
import io.fluxgres.PgException;
import io.fluxgres.codec.CodecException;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.r2dbc.BadSqlGrammarException;
import org.springframework.r2dbc.UncategorizedR2dbcException;
import org.springframework.r2dbc.connection.ConnectionFactoryUtils;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;

/** Which exceptions of Spring the errors of the server become. */
@Timeout(60)
class SpringTranslationIT extends AdapterFixture {

    private final ConnectionFactory factory = Factories.factory(postgres);
    private Connection other;

    @BeforeEach
    void createTable() {
        other = open();
        postgres.execute("create table item (id int primary key check (id < 1000), next int references item, name"
                + " varchar(4) not null default '')");
        postgres.execute("insert into item values (1), (2)");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("insert into item values (1)", "23505", DuplicateKeyException.class),
                Arguments.of("insert into item values (3, 99)", "23503", DataIntegrityViolationException.class),
                Arguments.of("insert into item values (3, null, null)", "23502", DataIntegrityViolationException.class),
                Arguments.of("insert into item values (1000)", "23514", DataIntegrityViolationException.class),
                Arguments.of(
                        "insert into item values (3, null, 'longer')", "22001", DataIntegrityViolationException.class),
                Arguments.of("selec 1", "42601", BadSqlGrammarException.class),
                Arguments.of("select * from missing", "42P01", BadSqlGrammarException.class),
                Arguments.of(
                        "begin read only; insert into item values (3)",
                        "25006",
                        PermissionDeniedDataAccessException.class),
                Arguments.of(
                        "set role pg_read_all_stats; select * from item",
                        "42501",
                        PermissionDeniedDataAccessException.class),
                Arguments.of("set statement_timeout = 20; select pg_sleep(30)", "57014", QueryTimeoutException.class),
                Arguments.of("do 'begin raise exception ''no''; end'", "P0001", UncategorizedR2dbcException.class));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void theErrorOfAStatementIsTranslated(String sql, String state, Class<? extends DataAccessException> expected) {
        assertThatThrownBy(() -> DatabaseClient.create(factory).sql(sql).then().block(TIMEOUT))
                .isInstanceOf(expected)
                .cause()
                .isInstanceOf(R2dbcException.class)
                .matches(cause -> state.equals(((R2dbcException) cause).getSqlState()))
                .hasCauseInstanceOf(PgException.class);
    }

    private static DataAccessException translated(Throwable failure) {
        return ConnectionFactoryUtils.convertR2dbcException("test", "sql", (R2dbcException) failure);
    }

    @Test
    void aLockThatIsNotGivenInTimeIsATimeout() {
        await(other.beginTransaction());
        run(other, "delete from item");
        await(connection.setLockWaitTimeout(Duration.ofMillis(50)));

        Throwable failure = catchThrowable(() -> run(connection, "delete from item"));

        assertThat(translated(failure)).isInstanceOf(QueryTimeoutException.class);
        await(other.rollbackTransaction());
    }

    @Test
    void theDeadlineOfTheClientIsATimeout() {
        await(connection.setStatementTimeout(Duration.ofMillis(50)));

        Throwable failure = catchThrowable(() -> run(connection, "select pg_sleep(30)"));

        assertThat(translated(failure)).isInstanceOf(QueryTimeoutException.class);
    }

    @Test
    void aSerializationFailureIsALockThatCannotBeAcquired() {
        for (Connection each : List.of(connection, other)) {
            await(each.beginTransaction(IsolationLevel.REPEATABLE_READ));
            run(each, "select * from item");
        }
        run(other, "update item set name = 'b' where id = 1");
        await(other.commitTransaction());

        Throwable failure = catchThrowable(() -> run(connection, "update item set name = 'a' where id = 1"));

        assertThat(translated(failure)).isInstanceOf(CannotAcquireLockException.class);
        await(connection.rollbackTransaction());
    }

    @Test
    void aDeadlockIsAFailureOfPessimisticLocking() {
        await(connection.beginTransaction());
        await(other.beginTransaction());
        run(connection, "update item set name = 'a' where id = 1");
        run(other, "update item set name = 'b' where id = 2");

        Throwable failure = catchThrowable(() -> Flux.merge(
                        update(connection, "update item set name = 'a' where id = 2"),
                        update(other, "update item set name = 'b' where id = 1"))
                .blockLast(TIMEOUT));

        assertThat(((R2dbcException) failure).getSqlState()).isEqualTo("40P01");
        assertThat(translated(failure))
                .isInstanceOf(PessimisticLockingFailureException.class)
                .isInstanceOf(ConcurrencyFailureException.class);
        await(connection.rollbackTransaction());
        await(other.rollbackTransaction());
    }

    private static Flux<Long> update(Connection connection, String sql) {
        return Flux.from(connection.createStatement(sql).execute()).flatMap(Result::getRowsUpdated);
    }

    @Test
    void whatIsExecutedInAFailedTransactionIsAFailureOfTheResource() {
        await(connection.beginTransaction());
        assertThat(catchThrowable(() -> run(connection, "select 1/0"))).isNotNull();

        Throwable failure = catchThrowable(() -> run(connection, "select 1"));

        assertThat(translated(failure)).isInstanceOf(DataAccessResourceFailureException.class);
        await(connection.rollbackTransaction());
    }

    @Test
    void aMistakeOfTheCallerIsAWrongUseOfTheResource() {
        await(connection.beginTransaction());

        Throwable failure = catchThrowable(() -> await(connection.beginTransaction()));

        assertThat(translated(failure)).isInstanceOf(InvalidDataAccessResourceUsageException.class);
        await(connection.rollbackTransaction());
    }

    @Test
    void aValueThatDoesNotFitItsTypeIsAViolationOfIntegrity() {
        Throwable failure = catchThrowable(() -> Flux.from(connection
                        .createStatement("select $1")
                        .bind(0, Parameters.in(R2dbcType.SMALLINT, 100_000))
                        .execute())
                .blockLast(TIMEOUT));

        assertThat(failure).hasRootCauseInstanceOf(CodecException.class);
        assertThat(translated(failure)).isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void theLossOfTheConnectionIsAFailureOfTheResource() {
        int process = ((Wrapped<?>) connection).unwrap(PgConnection.class).processId();
        postgres.execute("select pg_terminate_backend(" + process + ")");

        Throwable failure = catchThrowable(() -> run(connection, "select pg_sleep(10)"));

        assertThat(translated(failure)).isInstanceOf(DataAccessResourceFailureException.class);
    }
}
