package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/**
 * The random statements of {@link ModelBasedIT} on connections that are lost, closed or told to cancel in the middle, against
 * the same model: each subscriber gets rows of its own statement and one end, what was acknowledged is in the database, and
 * what is said not to have been executed is not.
 *
 * <p>{@link RandomConversations} tells how to repeat a seed and to let it run longer.
 */
@Timeout(3600)
class ModelFaultsIT extends FaultsFixture {

    private enum Fault {
        /** An administrator ends the backend. */
        TERMINATED_BACKEND,
        /** The network ends between two messages or in the middle of one, at once. */
        CUT_AT_ONCE,
        /** The network ends when a part of a request has passed. */
        CUT_IN_A_REQUEST,
        /** The network ends when a part of an answer has passed. */
        CUT_IN_AN_ANSWER,
        /** The caller closes the connection. */
        CLOSE,
        /** The caller asks the server to cancel, which ends one statement at most and not the connection. */
        CANCEL
    }

    @BeforeAll
    static void createTables() {
        postgres.execute(ModelStatements.SCHEMA);
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.RandomConversations#seeds")
    void whateverEndsAConnectionEachSubscriberHasOneEndAndWhatIsAcknowledgedIsDone(long seed) throws Exception {
        RandomConversations.repeat(ModelFaultsIT.class, seed, 3, ModelFaultsIT::converse);
    }

    /** Works with one connection for some rounds, the last of which has a fault. */
    private static void converse(Random random, String seed) throws IOException {
        run(control, "truncate log");
        try (FaultyLine line = FaultyLine.to(postgres.host(), postgres.port())) {
            line.inPiecesOf(List.of(3, 100, 64 * 1024).get(random.nextInt(3))).byReset(random.nextBoolean());
            PgOptions options = options(line, random);
            PgConnection connection = Logins.connect(options);
            ModelStatements statements = new ModelStatements(random);
            boolean bounded = options.require(PgOption.SPOOL_BYTES) < 1_000_000;
            Predicate<PgException> excuse = error -> bounded && error instanceof PgBackpressureException;
            if (bounded) {
                statements.keepSettings();
            }
            List<ModelSubscriber> all = new ArrayList<>();
            int rounds = random.nextInt(3);
            for (int round = 0; round < rounds; round++) {
                List<ModelSubscriber> subscribers = new ModelRound(connection, statements, random).run(seed);
                assertAnswers(connection);
                assertThat(subscribers).allSatisfy(each -> each.check(seed, statements, excuse));
                statements.onRoundEnd();
                all.addAll(subscribers);
            }
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            String what = seed + ", " + fault + " in round " + rounds;
            all.addAll(roundWith(fault, connection, line, statements, random, what, excuse));
            Connections.close(connection);
            awaitBackendsEnd(connection);
            ModelRound.checkLog(
                    what, all, list(control.query("select n from log").map(row -> row.getInt(0))));
        }
    }

    private static PgOptions options(FaultyLine line, Random random) {
        return line.through(postgres.url())
                .with(PgOption.STATEMENT_CACHE_SIZE, random.nextInt(5))
                .with(PgOption.PREPARE_THRESHOLD, 1 + random.nextInt(3))
                .with(PgOption.PIPELINE_DEPTH, List.of(1, 3, 256).get(random.nextInt(3)))
                .with(PgOption.FETCH_SIZE, List.of(0, 0, 1, 7).get(random.nextInt(4)))
                .with(
                        PgOption.SPOOL_BYTES,
                        List.of(0, 10_000, 16 << 20, 16 << 20).get(random.nextInt(4)));
    }

    private static List<ModelSubscriber> roundWith(
            Fault fault,
            PgConnection connection,
            FaultyLine line,
            ModelStatements statements,
            Random random,
            String seed,
            Predicate<PgException> excuse) {
        if (fault == Fault.CANCEL) {
            statements.keepSettings();
        }
        CompletableFuture<Void> struck = new CompletableFuture<>();
        int bytes = random.nextInt(List.of(10, 1000, 100_000).get(random.nextInt(3)));
        List<ModelSubscriber> subscribers = new ModelRound(connection, statements, random)
                .run(
                        seed,
                        () -> strike(fault, connection, line, bytes)
                                .subscribe(null, null, () -> struck.complete(null)));
        struck.orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
        if (fault == Fault.CUT_IN_A_REQUEST || fault == Fault.CUT_IN_AN_ANSWER) {
            // there may not have been as many bytes
            line.cut();
        }
        if (fault == Fault.CANCEL) {
            assertAnswers(connection);
        } else {
            await(seed + ": the connection says that it is closed", () -> !connection.isHealthy());
            assertLaterSubscriptionsFail(connection, seed);
        }
        Predicate<PgException> explained = excuse.or(error -> explains(fault, error));
        assertThat(subscribers).allSatisfy(subscriber -> subscriber.check(seed, statements, explained));
        assertThat(subscribers.stream()
                        .filter(each -> each.error() instanceof PgException error && "57014".equals(error.sqlState())))
                .as(seed + ": statements that one request cancelled")
                .hasSizeLessThan(2);
        return subscribers;
    }

    /** Returns what lets the fault happen without blocking the thread, and completes when it was asked for. */
    private static Mono<Void> strike(Fault fault, PgConnection connection, FaultyLine line, int bytes) {
        return switch (fault) {
            case TERMINATED_BACKEND -> terminateBackend(connection);
            case CUT_AT_ONCE -> Mono.fromRunnable(line::cut);
            case CUT_IN_A_REQUEST -> Mono.fromRunnable(() -> line.cutBehindRequestBytes(bytes));
            case CUT_IN_AN_ANSWER -> Mono.fromRunnable(() -> line.cutBehindAnswerBytes(bytes));
            case CLOSE -> connection.close();
            case CANCEL -> connection.cancel();
        };
    }

    /** Whether a fault explains the error of a statement, which says truly whether it was sent. */
    private static boolean explains(Fault fault, PgException error) {
        if (fault == Fault.CANCEL) {
            return "57014".equals(error.sqlState());
        }
        PgException lost = error instanceof PgBatchException batch && batch.getCause() instanceof PgException cause
                ? cause
                : error;
        return lost instanceof PgConnectionException
                && lost.fault() == PgException.Fault.NETWORK
                && lost.safeToRetry() == error.safeToRetry()
                && String.valueOf(lost.getMessage())
                        .contains(
                                lost.safeToRetry()
                                        ? "the request was not sent"
                                        : "the outcome of the request is unknown")
                && tellsTheCause(fault, lost);
    }

    private static boolean tellsTheCause(Fault fault, PgException lost) {
        String message = String.valueOf(lost.getMessage());
        return switch (fault) {
            case CLOSE -> message.contains("closed by the caller");
            // a reset of the socket may overtake what the server says
            case TERMINATED_BACKEND -> lost.sqlState() == null || "57P01".equals(lost.sqlState());
            default -> lost.sqlState() == null;
        };
    }

    private static void assertLaterSubscriptionsFail(PgConnection connection, String seed) {
        PgConnectionException failure = failure(
                PgConnectionException.class,
                connection.query("select $1").bind("nonce").rows());
        assertThat(failure.safeToRetry()).as(seed).isTrue();
    }
}
