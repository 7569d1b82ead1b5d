package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fluxgres.testkit.transcript.ScriptedBackend;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What atomic batches put on the wire, message by message. */
@Timeout(60)
class BatchScriptTest {

    /** Not kept prepared, so that each batch looks alike. */
    private static final String LOCK = "lock table book";

    private static final String FIRST_SENT = """
        F Parse "" "lock table book"
        F Describe S ""
        F Bind "" ""
        F Execute "" 0
        """;
    private static final String FIRST_DONE = """
        B ParseComplete
        B ParameterDescription
        B NoData
        B BindComplete
        B CommandComplete "LOCK TABLE"
        """;
    private static final String NEXT_SENT = """
        F Bind "" ""
        F Execute "" 0
        """;
    private static final String NEXT_DONE = """
        B BindComplete
        B CommandComplete "LOCK TABLE"
        """;
    private static final String FLUSH = "F Flush\n";
    private static final String SYNC = "F Sync\n";
    private static final String READY = "B ReadyForQuery I\n";
    private static final String GIVEN_UP = """
        F Parse "" "client gave up this batch"
        F Sync
        """;
    private static final String SYNTAX_ERROR = """
        B ErrorResponse S="ERROR" V="ERROR" C="42601" M="syntax error"
        """;

    private static final String QUERY = """
        F Parse "" "lock table book"
        F Bind "" ""
        F Describe P ""
        F Execute "" 0
        F Sync
        B ParseComplete
        B BindComplete
        B NoData
        B CommandComplete "LOCK TABLE"
        B ReadyForQuery I
        """;

    /** Each item is a chunk of its own. */
    private static final String NARROW = "?pipelineBytes=1";

    @Test
    void whatFitsIsOneGroupWithoutFlush() {
        play("", BatchScriptTest::twoLocks, FIRST_SENT, NEXT_SENT, SYNC, FIRST_DONE, NEXT_DONE, READY);
    }

    @Test
    void whatDoesNotFitIsFlushedAndGoesOnWithTheAnswers() {
        play(
                NARROW,
                BatchScriptTest::twoLocks,
                FIRST_SENT,
                FLUSH,
                "expect silence 50\n",
                FIRST_DONE,
                NEXT_SENT,
                FLUSH,
                "expect silence 50\n",
                NEXT_DONE,
                SYNC,
                READY);
    }

    @Test
    void nothingGoesBetweenTheChunks() {
        play(
                NARROW,
                connection -> Flux.mergeSequential(
                        twoLocks(connection), connection.query(LOCK).rowsUpdated()),
                FIRST_SENT,
                FLUSH,
                FIRST_DONE,
                NEXT_SENT,
                FLUSH,
                NEXT_DONE,
                SYNC,
                READY,
                QUERY);
    }

    @Test
    void whoCancelsWhatWasSentInPartUndoesIt() {
        play(
                NARROW,
                connection -> twoLocks(connection)
                        .takeUntilOther(connection.notices().publishOn(Schedulers.parallel()))
                        .then(connection.query(LOCK).rowsUpdated()),
                FIRST_SENT,
                FLUSH,
                "B NoticeResponse S=\"NOTICE\" V=\"NOTICE\" C=\"00000\" M=\"the first part has come\"\n",
                GIVEN_UP,
                FIRST_DONE,
                SYNTAX_ERROR,
                READY,
                QUERY);
    }

    @Test
    void behindAnErrorOnlyTheSyncFollows() {
        PgBatchException failure =
                failure(() -> play(NARROW, BatchScriptTest::twoLocks, FIRST_SENT, FLUSH, """
                    B ErrorResponse S="ERROR" V="ERROR" C="42P01" M="no"
                    """, SYNC, READY));

        assertThat(failure.index()).isZero();
    }

    @Test
    void anErrorBehindTheLastItemIsThatOfTheCommit() {
        PgBatchException failure = failure(() ->
                play("", BatchScriptTest::twoLocks, FIRST_SENT, NEXT_SENT, SYNC, FIRST_DONE, NEXT_DONE, """
                    B ErrorResponse S="ERROR" V="ERROR" C="23503" M="no"
                    """, READY));

        assertThat(failure.index()).isEqualTo(PgBatchException.COMMIT);
    }

    @Test
    void anErrorBetweenTwoChunksIsThatOfTheNextItem() {
        PgBatchException failure =
                failure(() -> play(NARROW, BatchScriptTest::twoLocks, FIRST_SENT, FLUSH, """
                    B ParseComplete
                    B ParameterDescription
                    B NoData
                    B BindComplete
                    B CommandComplete "LOCK TABLE"
                    B ErrorResponse S="ERROR" V="ERROR" C="57014" M="canceling statement due to statement timeout"
                    """, SYNC, READY));

        assertThat(failure.index()).isEqualTo(1);
        assertThat(failure.sqlState()).isEqualTo("57014");
    }

    @Test
    void beginRidesInTheGroupOfTheBatch() {
        play(
                "",
                connection -> connection.inTransaction(BatchScriptTest::twoLocks),
                TransactionScript.sent("begin"),
                FIRST_SENT,
                NEXT_SENT,
                SYNC,
                TransactionScript.done("BEGIN"),
                FIRST_DONE,
                NEXT_DONE,
                "B ReadyForQuery T\n",
                TransactionScript.COMMIT);
    }

    @Test
    void beginRidesWithTheFirstChunkAndTheFlushBehindIt() {
        play(
                NARROW,
                connection -> connection.inTransaction(BatchScriptTest::twoLocks),
                TransactionScript.sent("begin"),
                FIRST_SENT,
                FLUSH,
                TransactionScript.done("BEGIN"),
                FIRST_DONE,
                NEXT_SENT,
                FLUSH,
                NEXT_DONE,
                SYNC,
                "B ReadyForQuery T\n",
                TransactionScript.COMMIT);
    }

    @Test
    void aBeginThatFailsIsNoFailureOfAnItem() {
        for (String window : new String[] {"", NARROW}) {
            boolean narrow = window.equals(NARROW);
            Throwable failure = catchThrowable(() -> play(
                    window,
                    connection -> connection.inTransaction(
                            transaction -> transaction.batch(LOCK, LOCK).outcomes()),
                    TransactionScript.sent("begin"),
                    FIRST_SENT,
                    narrow ? FLUSH : NEXT_SENT + SYNC,
                    """
                    B ErrorResponse S="ERROR" V="ERROR" C="25006" M="cannot begin"
                    """,
                    narrow ? SYNC : "",
                    READY));

            assertThat(failure)
                    .isInstanceOfSatisfying(
                            PgServerException.class,
                            server -> assertThat(server.sqlState()).isEqualTo("25006"));
        }
    }

    @Test
    void anItemThatCannotBeEncodedLeavesBeginUnsent() {
        PgBatchException failure = failure(() -> play(
                "",
                connection -> connection.inTransaction(
                        transaction -> transaction.batch(LOCK, "select '\0'").rowsUpdated())));

        assertThat(failure.index()).isEqualTo(1);
    }

    private static Mono<Long> twoLocks(PgConnection connection) {
        return connection.batch(LOCK, LOCK).rowsUpdated();
    }

    /** Plays a session to the end of the transcript and throws what the publisher fails with. */
    private static void play(String options, Function<PgConnection, Publisher<?>> use, String... transcript) {
        try (ScriptedBackend backend = ScriptedBackend.play(TransactionScript.START + String.join("", transcript))) {
            PgConnection connection = Connections.open(
                    PgOptions.parse("postgresql://app@" + backend.host() + ":" + backend.port() + "/shop" + options));
            Throwable failure =
                    catchThrowable(() -> Flux.from(use.apply(connection)).blockLast(TIMEOUT));
            Connections.close(connection);
            backend.await();
            if (failure != null) {
                throw Exceptions.propagate(failure);
            }
        }
    }

    private static PgBatchException failure(ThrowingCallable play) {
        return catchThrowableOfType(PgBatchException.class, play);
    }
}
