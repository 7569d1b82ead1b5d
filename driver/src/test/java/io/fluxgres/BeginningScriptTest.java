package io.fluxgres;

import static io.fluxgres.TransactionScript.BEGIN_AND_WORK;
import static io.fluxgres.TransactionScript.COMMIT;
import static io.fluxgres.TransactionScript.DEFAULTS;
import static io.fluxgres.TransactionScript.ROLLBACK;
import static io.fluxgres.TransactionScript.WORK;
import static io.fluxgres.TransactionScript.WORK_DONE;
import static io.fluxgres.TransactionScript.WORK_OK;
import static io.fluxgres.TransactionScript.WORK_SENT;
import static io.fluxgres.TransactionScript.done;
import static io.fluxgres.TransactionScript.failing;
import static io.fluxgres.TransactionScript.play;
import static io.fluxgres.TransactionScript.query;
import static io.fluxgres.TransactionScript.sent;
import static io.fluxgres.TransactionScript.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What queries put on the wire that begin a transaction unless one is open. */
@Timeout(60)
class BeginningScriptTest {

    private static final String BEGIN_REFUSED = """
            B ErrorResponse S="ERROR" V="ERROR" C="25006" M="no"
            B ReadyForQuery I
            """;

    private static Mono<Long> beginning(PgConnection connection) {
        return connection.query(WORK).beginning(DEFAULTS).rowsUpdated();
    }

    @Test
    void beginRidesWithTheFirstQueryOfEachTransaction() {
        assertThat(play(
                        connection -> beginning(connection)
                                .then(beginning(connection))
                                .then(connection.commit())
                                .then(beginning(connection))
                                .then(connection.rollback()),
                        BEGIN_AND_WORK,
                        WORK_OK,
                        COMMIT,
                        BEGIN_AND_WORK,
                        ROLLBACK))
                .containsExactly("complete");
    }

    @Test
    void theOptionsDecideHowItBegins() {
        assertThat(play(
                        connection -> connection
                                .query(WORK)
                                .beginning(DEFAULTS.withIsolation(PgIsolation.SERIALIZABLE))
                                .rowsUpdated(),
                        sent("begin isolation level serializable"),
                        WORK_SENT,
                        done("BEGIN"),
                        WORK_DONE))
                .containsExactly("0", "complete");
    }

    @Test
    void nothingFollowsBeginBeforeItsAnswerAndAllElseIsPipelined() {
        assertThat(play(
                        connection -> Flux.merge(beginning(connection), beginning(connection))
                                .thenMany(Flux.merge(beginning(connection), beginning(connection))),
                        sent("begin"),
                        WORK_SENT,
                        "expect silence 50\n",
                        done("BEGIN"),
                        WORK_DONE,
                        WORK_OK,
                        WORK_SENT,
                        WORK_SENT,
                        WORK_DONE,
                        WORK_DONE))
                .containsExactly("0", "0", "complete");
    }

    @Test
    void whatWaitsBehindACommitBeginsTheNextTransaction() {
        assertThat(play(
                        connection ->
                                beginning(connection).thenMany(Flux.merge(connection.commit(), beginning(connection))),
                        BEGIN_AND_WORK,
                        COMMIT,
                        BEGIN_AND_WORK))
                .containsExactly("0", "complete");
    }

    @Test
    void aQueryThatIsToBeginWithoutSuccessIsNotExecuted() {
        assertThat(play(
                        connection -> Flux.mergeDelayError(2, beginning(connection), beginning(connection)),
                        sent("begin"),
                        WORK_SENT,
                        BEGIN_REFUSED,
                        BEGIN_AND_WORK))
                .containsExactly("0", "25006");
    }

    @Test
    void aTransactionThatWasBegunOtherwiseWillDo() {
        assertThat(play(
                        connection -> connection.begin().then(beginning(connection)),
                        query("begin", "BEGIN", "T"),
                        WORK_OK))
                .containsExactly("0", "complete");
    }

    @Test
    void inFrontOfSeveralStatementsBeginGoesAhead() {
        String several = "lock a; lock b";
        String executed = """
                F Query "lock a; lock b"
                B CommandComplete "LOCK TABLE"
                B CommandComplete "LOCK TABLE"
                B ReadyForQuery T
                """;
        assertThat(play(
                        connection -> {
                            Mono<Long> both = connection
                                    .query(several)
                                    .beginning(DEFAULTS)
                                    .rowsUpdated();
                            return both.then(both);
                        },
                        query("begin", "BEGIN", "T"),
                        executed,
                        executed))
                .containsExactly("0", "complete");
        assertThat(play(
                        connection ->
                                connection.query(several).beginning(DEFAULTS).rowsUpdated(),
                        failing("begin", "25006", "I")))
                .containsExactly("25006");
    }

    @Test
    void aBatchBringsBeginAlong() {
        String batch = """
                F Parse "" "lock table book"
                F Describe S ""
                F Bind "" ""
                F Execute "" 0
                F Bind "" ""
                F Execute "" 0
                F Sync
                """;
        String answers = """
                B ParseComplete
                B ParameterDescription
                B NoData
                B BindComplete
                B CommandComplete "LOCK TABLE"
                B BindComplete
                B CommandComplete "LOCK TABLE"
                B ReadyForQuery T
                """;
        assertThat(play(
                        connection ->
                                connection.batch(WORK, WORK).beginning(DEFAULTS).rowsUpdated(),
                        sent("begin"),
                        batch,
                        done("BEGIN"),
                        answers))
                .containsExactly("0", "complete");
        assertThat(play(
                        connection -> connection
                                .query(WORK)
                                .beginning(DEFAULTS)
                                .bindAll(Flux.just(new Object[0], new Object[0]))
                                .rowsUpdated(),
                        sent("begin"),
                        batch,
                        done("BEGIN"),
                        answers))
                .containsExactly("0", "complete");
    }

    @Test
    void withASyncEachTheFirstItemBringsBeginAlong() {
        assertThat(play(
                        connection -> connection
                                .batch(WORK, WORK)
                                .syncEach()
                                .beginning(DEFAULTS)
                                .rowsUpdated(),
                        BEGIN_AND_WORK,
                        WORK_OK))
                .containsExactly("0", "complete");
    }

    @Test
    void withinInTransactionItChangesNothing() {
        assertThat(play(
                        connection -> connection.inTransaction(
                                transaction -> beginning(transaction).then(work(transaction))),
                        BEGIN_AND_WORK,
                        WORK_OK,
                        COMMIT))
                .containsExactly("0", "complete");
    }

    @Test
    void aClientRefuses() {
        PgClient client = PgClient.create("postgresql://app@localhost/shop");
        List.<Runnable>of(
                        () -> client.query(WORK).beginning(DEFAULTS),
                        () -> client.batch(WORK).beginning(DEFAULTS),
                        () -> client.batch(WORK).syncEach().beginning(DEFAULTS))
                .forEach(refused -> assertThatThrownBy(refused::run).isInstanceOf(PgUsageException.class));
        client.close(Duration.ZERO).block();
    }
}
