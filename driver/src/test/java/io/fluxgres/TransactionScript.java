package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;

import io.fluxgres.testkit.transcript.ScriptedBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A session whose server is scripted, and the pieces that the scripts of transactions are made of. */
final class TransactionScript {

    static final PgTransactionOptions DEFAULTS = PgTransactionOptions.defaults();
    static final PgTransactionOptions COCKROACH =
            DEFAULTS.withCockroachRestart(true).withRetry(5, Duration.ofMillis(1));

    /** Not kept prepared, so that each execution looks alike. */
    static final String WORK = "lock table book";

    static final String WORK_SENT = """
            F Parse "" "lock table book"
            F Bind "" ""
            F Describe P ""
            F Execute "" 0
            F Sync
            """;
    static final String WORK_DONE = """
            B ParseComplete
            B BindComplete
            B NoData
            B CommandComplete "LOCK TABLE"
            B ReadyForQuery T
            """;
    static final String WORK_OK = WORK_SENT + WORK_DONE;
    static final String RESTART = """
            B ErrorResponse S="ERROR" V="ERROR" C="40001" M="restart transaction: forced"
            B ReadyForQuery E
            """;

    static final String BEGIN_AND_WORK = sent("begin") + WORK_SENT + done("BEGIN") + WORK_DONE;
    static final String COCKROACH_SENT = sent("begin") + sent("savepoint \\\"cockroach_restart\\\"") + WORK_SENT;
    static final String COCKROACH_BEGUN = done("BEGIN") + done("SAVEPOINT");
    static final String ROLLBACK_TO = query("rollback to savepoint \\\"cockroach_restart\\\"", "ROLLBACK", "T");
    static final String RELEASE = "release savepoint \\\"cockroach_restart\\\"";
    static final String COMMIT = query("commit", "COMMIT", "I");
    static final String ROLLBACK = query("rollback", "ROLLBACK", "I");

    /** Up to what the driver sets up a session with. */
    static final String START = "startup\n" + query("set extra_float_digits = 1", "SET", "I");

    private TransactionScript() {}

    static String sent(String statement) {
        return """
                F Parse "" "%s"
                F Bind "" ""
                F Execute "" 0
                """.formatted(statement);
    }

    static String done(String tag) {
        return """
                B ParseComplete
                B BindComplete
                B CommandComplete "%s"
                """.formatted(tag);
    }

    static String query(String statement, String tag, String status) {
        return """
                F Query "%s"
                B CommandComplete "%s"
                B ReadyForQuery %s
                """.formatted(statement, tag, status);
    }

    static String failing(String statement, String sqlState, String status) {
        return """
                F Query "%s"
                B ErrorResponse S="ERROR" V="ERROR" C="%s" M="no"
                B ReadyForQuery %s
                """.formatted(statement, sqlState, status);
    }

    static Mono<Long> work(PgConnection connection) {
        return connection.query(WORK).rowsUpdated();
    }

    /** Plays a session to the end of the transcript and returns what the publisher signals. */
    static List<String> play(Function<PgConnection, Publisher<?>> use, String... transcript) {
        try (ScriptedBackend backend = ScriptedBackend.play(START + String.join("", transcript))) {
            PgConnection connection = connect(backend);
            List<String> signals = signals(use.apply(connection));
            connection.close().block(TIMEOUT);
            backend.await();
            return signals;
        }
    }

    static PgConnection connect(ScriptedBackend backend) {
        return PgClient.create("postgresql://app@" + backend.host() + ":" + backend.port() + "/shop")
                .connect()
                .blockOptional(TIMEOUT)
                .orElseThrow();
    }

    private static List<String> signals(Publisher<?> publisher) {
        return Flux.from(publisher)
                .map(String::valueOf)
                .concatWith(Mono.just("complete"))
                .onErrorResume(error -> Mono.just(describe(error)))
                .collectList()
                .blockOptional(TIMEOUT)
                .orElseThrow();
    }

    private static String describe(Throwable error) {
        String described = error instanceof PgServerException server
                ? server.sqlState()
                : error.getClass().getSimpleName();
        List<String> suppressed = new ArrayList<>();
        for (Throwable other : error.getSuppressed()) {
            suppressed.add(describe(other));
        }
        return suppressed.isEmpty() ? described : described + " suppressing " + suppressed;
    }

    static void awaitStatus(PgConnection connection, PgTransactionStatus expected) {
        Flux.interval(Duration.ofMillis(2))
                .filter(tick -> connection.transactionStatus() == expected)
                .blockFirst(TIMEOUT);
    }
}
