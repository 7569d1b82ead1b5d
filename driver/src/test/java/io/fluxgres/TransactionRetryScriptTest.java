package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.TransactionScript.BEGIN_AND_WORK;
import static io.fluxgres.TransactionScript.COCKROACH;
import static io.fluxgres.TransactionScript.COCKROACH_BEGUN;
import static io.fluxgres.TransactionScript.COCKROACH_SENT;
import static io.fluxgres.TransactionScript.COMMIT;
import static io.fluxgres.TransactionScript.DEFAULTS;
import static io.fluxgres.TransactionScript.RELEASE;
import static io.fluxgres.TransactionScript.RESTART;
import static io.fluxgres.TransactionScript.ROLLBACK;
import static io.fluxgres.TransactionScript.ROLLBACK_TO;
import static io.fluxgres.TransactionScript.START;
import static io.fluxgres.TransactionScript.WORK_DONE;
import static io.fluxgres.TransactionScript.WORK_OK;
import static io.fluxgres.TransactionScript.WORK_SENT;
import static io.fluxgres.TransactionScript.awaitStatus;
import static io.fluxgres.TransactionScript.connect;
import static io.fluxgres.TransactionScript.done;
import static io.fluxgres.TransactionScript.failing;
import static io.fluxgres.TransactionScript.play;
import static io.fluxgres.TransactionScript.query;
import static io.fluxgres.TransactionScript.sent;
import static io.fluxgres.TransactionScript.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.transcript.ScriptedBackend;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;

/** How a transaction is repeated, message by message, on PostgreSQL and by the protocol of CockroachDB. */
@Timeout(60)
class TransactionRetryScriptTest {

    @Test
    void aTransactionIsRepeatedFromBegin() {
        AtomicInteger attempts = new AtomicInteger();

        assertThat(play(
                        connection -> connection.inTransaction(DEFAULTS.withRetry(3, Duration.ZERO), transaction -> {
                            attempts.incrementAndGet();
                            return work(transaction).then();
                        }),
                        sent("begin") + WORK_SENT + done("BEGIN") + RESTART + ROLLBACK,
                        BEGIN_AND_WORK + failing("commit", "40P01", "I"),
                        BEGIN_AND_WORK + COMMIT))
                .containsExactly("complete");
        assertThat(attempts).hasValue(3);
    }

    @Test
    void theLastAttemptFailsWithItsOwnError() {
        assertThat(play(
                        connection -> connection.inTransaction(
                                DEFAULTS.withRetry(2, Duration.ZERO),
                                transaction -> work(transaction).then()),
                        BEGIN_AND_WORK + failing("commit", "40001", "I"),
                        BEGIN_AND_WORK + failing("commit", "40P01", "I")))
                .containsExactly("40P01");
    }

    @Test
    void nothingIsRepeatedBehindAValue() {
        assertThat(play(
                        connection ->
                                connection.inTransaction(DEFAULTS.withRetry(3, Duration.ZERO), TransactionScript::work),
                        BEGIN_AND_WORK + failing("commit", "40001", "I")))
                .containsExactly("0", "40001");
    }

    @Test
    void anOutcomeThatIsUnknownIsNotRepeated() {
        PgTransactionOptions options = DEFAULTS.withRetry(3, Duration.ZERO);

        assertThat(play(
                        connection -> connection.inTransaction(
                                options, transaction -> work(transaction).then()),
                        BEGIN_AND_WORK + failing("commit", "40003", "I")))
                .containsExactly("40003");
        assertThat(play(
                        connection -> connection.inTransaction(
                                options, transaction -> work(transaction).then()),
                        BEGIN_AND_WORK,
                        "F Query \"commit\"\nclose\n"))
                .singleElement()
                .asString()
                .startsWith("PgConnectionException");
    }

    // ---- CockroachDB

    @Test
    void theProtocolOfCockroachIsFollowed() {
        AtomicInteger attempts = new AtomicInteger();

        assertThat(play(
                        connection -> connection.inTransaction(COCKROACH, transaction -> {
                            attempts.incrementAndGet();
                            return work(transaction).then();
                        }),
                        COCKROACH_SENT + COCKROACH_BEGUN + RESTART,
                        ROLLBACK_TO + WORK_OK + failing(RELEASE, "40001", "E"),
                        ROLLBACK_TO + WORK_OK + query(RELEASE, "RELEASE", "T"),
                        COMMIT))
                .containsExactly("complete");
        assertThat(attempts).hasValue(3);
    }

    @Test
    void cockroachAttemptsEndAtTheirMaximum() {
        assertThat(play(
                        connection -> connection.inTransaction(
                                COCKROACH.withRetry(2, Duration.ZERO),
                                transaction -> work(transaction).then()),
                        COCKROACH_SENT + COCKROACH_BEGUN + RESTART,
                        ROLLBACK_TO + WORK_SENT + RESTART,
                        ROLLBACK))
                .containsExactly("40001");
    }

    @Test
    void otherErrorsOfCockroachRollBack() {
        assertThat(play(
                        connection -> connection.inTransaction(
                                COCKROACH, transaction -> work(transaction).then()),
                        COCKROACH_SENT + COCKROACH_BEGUN + WORK_DONE,
                        failing(RELEASE, "40003", "E"),
                        ROLLBACK))
                .containsExactly("40003");
    }

    @Test
    void aCockroachRestartThatFailsRollsBackWithTheFirstError() {
        assertThat(play(
                        connection -> connection.inTransaction(
                                COCKROACH, transaction -> work(transaction).then()),
                        COCKROACH_SENT + COCKROACH_BEGUN + RESTART,
                        failing("rollback to savepoint \\\"cockroach_restart\\\"", "3B001", "E"),
                        ROLLBACK))
                .containsExactly("40001 suppressing [3B001]");
    }

    @Test
    void aCancelBetweenTwoCockroachAttemptsRollsBack() {
        String transcript =
                START + COCKROACH_SENT + COCKROACH_BEGUN + RESTART + ROLLBACK_TO + "mark restarted\n" + ROLLBACK;
        try (ScriptedBackend backend = ScriptedBackend.play(transcript)) {
            PgConnection connection = connect(backend);
            Disposable subscription = connection
                    .inTransaction(
                            COCKROACH.withRetry(2, Duration.ofHours(1)),
                            transaction -> work(transaction).then())
                    .subscribe();
            awaitStatus(connection, PgTransactionStatus.IN_TRANSACTION);
            subscription.dispose();
            awaitStatus(connection, PgTransactionStatus.IDLE);
            backend.await();
            connection.close().block(TIMEOUT);
        }
    }
}
