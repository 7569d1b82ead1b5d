package io.fluxgres;

import static io.fluxgres.TransactionScript.BEGIN_AND_WORK;
import static io.fluxgres.TransactionScript.COCKROACH;
import static io.fluxgres.TransactionScript.COMMIT;
import static io.fluxgres.TransactionScript.DEFAULTS;
import static io.fluxgres.TransactionScript.ROLLBACK;
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

/** What transactions put on the wire, message by message. */
@Timeout(60)
class TransactionScriptTest {

    @Test
    void beginRidesInTheGroupOfTheFirstStatement() {
        assertThat(play(
                        connection -> connection.inTransaction(
                                DEFAULTS.withIsolation(PgIsolation.REPEATABLE_READ)
                                        .withReadOnly(true),
                                transaction -> work(transaction).then(work(transaction))),
                        sent("begin isolation level repeatable read, read only"),
                        WORK_SENT,
                        done("BEGIN"),
                        WORK_DONE,
                        WORK_OK,
                        COMMIT))
                .containsExactly("0", "complete");
    }

    @Test
    void nothingIsSentBehindTheFirstStatementBeforeItsAnswer() {
        assertThat(play(
                        connection -> connection.inTransaction(
                                transaction -> Flux.merge(work(transaction), work(transaction))),
                        sent("begin"),
                        WORK_SENT,
                        "expect silence 50\n",
                        done("BEGIN"),
                        WORK_DONE,
                        WORK_OK,
                        COMMIT))
                .containsExactly("0", "0", "complete");
    }

    @Test
    void whenBeginFailsNothingElseIsSent() {
        assertThat(play(
                        connection -> connection.inTransaction(
                                transaction -> Flux.mergeDelayError(2, work(transaction), work(transaction))
                                        .onErrorResume(error -> work(transaction))),
                        sent("begin"),
                        WORK_SENT,
                        """
                        B ErrorResponse S="ERROR" V="ERROR" C="25006" M="cannot begin"
                        B ReadyForQuery I
                        """))
                .containsExactly("PgUsageException");
    }

    @Test
    void theErrorOfBeginIsThatOfTheFirstStatement() {
        assertThat(play(connection -> connection.inTransaction(TransactionScript::work), sent("begin"), WORK_SENT, """
                        B ErrorResponse S="ERROR" V="ERROR" C="25006" M="cannot begin"
                        B ReadyForQuery I
                        """))
                .containsExactly("25006");
    }

    @Test
    void beginGoesAheadOfSeveralStatementsInOneText() {
        assertThat(play(
                        connection -> connection.inTransaction(transaction -> transaction
                                .query("delete from a; delete from b")
                                .rowsUpdated()),
                        query("begin", "BEGIN", "T"),
                        """
                        F Query "delete from a; delete from b"
                        B CommandComplete "DELETE 1"
                        B CommandComplete "DELETE 2"
                        B ReadyForQuery T
                        """,
                        COMMIT))
                .containsExactly("3", "complete");
    }

    @Test
    void severalStatementsInOneTextFailWithTheErrorOfTheBeginAheadOfThem() {
        assertThat(play(
                        connection -> connection.inTransaction(transaction -> transaction
                                .query("delete from a; delete from b")
                                .rowsUpdated()),
                        failing("begin", "25006", "I")))
                .containsExactly("25006");
    }

    @Test
    void aSavepointBringsBeginAlong() {
        assertThat(play(
                        connection -> connection.inTransaction(transaction -> transaction.savepoint("a\"b")),
                        """
                        F Query "begin; savepoint \\"a\\"\\"b\\""
                        B CommandComplete "BEGIN"
                        B CommandComplete "SAVEPOINT"
                        B ReadyForQuery T
                        """,
                        COMMIT))
                .containsExactly("complete");
    }

    @Test
    void aFunctionThatExecutesNothingSendsNothing() {
        assertThat(play(connection -> connection.inTransaction(transaction -> Flux.just("done"))))
                .containsExactly("done", "complete");
        assertThat(play(connection -> connection.inTransaction(COCKROACH, transaction -> Flux.just("done"))))
                .containsExactly("done", "complete");
    }

    @Test
    void theFirstStatementThatIsSentBringsBegin() {
        assertThat(play(
                        connection -> connection.inTransaction(transaction -> transaction
                                .query("select $1")
                                .bind("\0")
                                .rowsUpdated()
                                .onErrorResume(PgException.class, refused -> work(transaction))),
                        BEGIN_AND_WORK,
                        COMMIT))
                .containsExactly("0", "complete");
    }

    @Test
    void aCommitAnsweredByRollbackIsAnError() {
        assertThat(play(
                        connection -> connection.begin().then(connection.commit()),
                        query("begin", "BEGIN", "T"),
                        query("commit", "ROLLBACK", "I")))
                .containsExactly("PgRollbackException");
        assertThat(play(
                        connection -> connection.inTransaction(TransactionScript::work),
                        BEGIN_AND_WORK,
                        query("commit", "ROLLBACK", "I")))
                .containsExactly("0", "PgRollbackException");
    }

    @Test
    void beginInATransactionSendsNothing() {
        assertThat(play(
                        connection -> connection
                                .begin()
                                .then(connection.begin())
                                .onErrorResume(PgUsageException.class, refused -> connection.rollback()),
                        query("begin", "BEGIN", "T"),
                        ROLLBACK))
                .containsExactly("complete");
    }

    @Test
    void aFailedRollbackIsSuppressed() {
        assertThat(play(
                        connection -> connection.inTransaction(
                                transaction -> work(transaction).then(Mono.error(new IllegalStateException()))),
                        BEGIN_AND_WORK,
                        failing("rollback", "XX000", "I")))
                .containsExactly("IllegalStateException suppressing [XX000]");
    }

    @Test
    void aCommitThatFailsAndLeavesTheTransactionOpenIsRolledBack() {
        assertThat(play(
                        connection -> connection.inTransaction(TransactionScript::work),
                        BEGIN_AND_WORK,
                        failing("commit", "XX000", "E"),
                        ROLLBACK))
                .containsExactly("0", "XX000");
    }

    // ---- options

    @Test
    void aModeIsSentAsItIs() {
        assertThat(play(
                        connection -> connection
                                .begin(DEFAULTS.withReadOnly(false)
                                        .withDeferrable(false)
                                        .withMode("priority high"))
                                .then(connection.rollback()),
                        query("begin read write, not deferrable, priority high", "BEGIN", "T"),
                        ROLLBACK))
                .containsExactly("complete");
    }

    @Test
    void wrongOptionsAreRefused() {
        for (String mode : List.of("", " ", "read only; drop table book", "a\0b")) {
            assertThatThrownBy(() -> DEFAULTS.withMode(mode)).isInstanceOf(PgUsageException.class);
        }
        assertThatThrownBy(() -> DEFAULTS.withRetry(0, Duration.ZERO)).isInstanceOf(PgUsageException.class);
        assertThatThrownBy(() -> DEFAULTS.withRetry(1, Duration.ofMillis(-1))).isInstanceOf(PgUsageException.class);
    }
}
