package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The driver's side of a transcript: the calls that lead to it, and how each of them turns out. It stands in the comments
 * of the file.
 *
 * <pre>
 * #> connect                           a connection; options may follow as in a URI: connect password=x&amp;timeZone=UTC
 * #> query select id, name from t      a line for each row
 * #>   1 | ann
 * #>   2 | null
 * #> query select $1 || 'x' with "a"   values of parameters: numbers, "strings", true, false, null
 * #>   ax
 * #> query select 1/0                  a failure: its class, SQLSTATE, and whether it is safe to retry
 * #>   ! PgServerException 22012
 * #> update delete from t              the count
 * #>   2
 * #> with next update delete from t    not waited for before the call behind it
 * #> notices                           those since the last look: severity, SQLSTATE and message
 * #> parameter TimeZone                what the server reported
 * #> process                           the id of the server process
 * #> status                            the transaction status
 * #> healthy                           whether requests can still be sent
 * #> lost                              waits until none can be
 * #> close
 * </pre>
 *
 * <p>{@link #run} makes the calls and writes down the script as it turned out, so that a difference is one of two texts.
 */
final class DriverScript {

    private static final String MARK = "#>";
    private static final String OUTCOME = "  ";
    private static final String NOT_WAITED_FOR = "with next ";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<String> calls = new ArrayList<>();
    private final String expected;

    private final Map<String, CompletableFuture<List<String>>> outcomes = new LinkedHashMap<>();
    private final Queue<String> notices = new ConcurrentLinkedQueue<>();
    private @Nullable PgConnection connection;

    private DriverScript(List<String> lines) {
        lines.stream().filter(line -> !line.startsWith(OUTCOME)).forEach(calls::add);
        expected = String.join("\n", lines);
    }

    /** Reads the script in the comments of a transcript. */
    static DriverScript of(String transcript) {
        List<String> lines = transcript
                .lines()
                .filter(line -> line.startsWith(MARK))
                .map(line -> line.substring(MARK.length() + 1))
                .toList();
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("the transcript tells no call of the driver");
        }
        return new DriverScript(lines);
    }

    /** Makes the calls and compares how they turn out. */
    void run(PgOptions options) throws Exception {
        try {
            for (String call : calls) {
                CompletableFuture<List<String>> outcome = call(call, options);
                outcomes.put(outcomes.size() + " " + call, outcome);
                if (!call.startsWith(NOT_WAITED_FOR)) {
                    outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                }
            }
            assertThat(actual()).isEqualTo(expected);
        } catch (TimeoutException e) {
            throw new AssertionError("a call does not end; so far:\n" + actual(), e);
        } finally {
            if (connection != null) {
                connection.close().block(PATIENCE);
            }
        }
    }

    private String actual() throws InterruptedException, ExecutionException {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, CompletableFuture<List<String>>> outcome : outcomes.entrySet()) {
            lines.add(outcome.getKey().substring(outcome.getKey().indexOf(' ') + 1));
            if (outcome.getValue().isDone()) {
                outcome.getValue().get().forEach(line -> lines.add(OUTCOME + line));
            }
        }
        return String.join("\n", lines);
    }

    private CompletableFuture<List<String>> call(String call, PgOptions options) {
        String plain = call.startsWith(NOT_WAITED_FOR) ? call.substring(NOT_WAITED_FOR.length()) : call;
        String[] words = plain.split(" ", 2);
        String argument = words.length == 2 ? words[1] : "";
        return switch (words[0]) {
            case "connect" -> connect(argument, options);
            case "query" -> outcome(query(argument).map(DriverScript::text));
            case "update" ->
                outcome(query(argument).rowsUpdated().map(String::valueOf).flux());
            case "notices" -> drainedNotices();
            case "parameter" ->
                done(String.valueOf(connection().serverParameters().get(argument)));
            case "process" -> done(Integer.toString(connection().processId()));
            case "status" -> done(connection().transactionStatus().toString());
            case "healthy" -> done(Boolean.toString(connection().isHealthy()));
            case "lost" -> awaitLoss();
            case "close" -> outcome(connection().close().thenMany(Flux.empty()));
            default -> throw new IllegalArgumentException(words[0] + " is no call of a script");
        };
    }

    private CompletableFuture<List<String>> connect(String more, PgOptions options) {
        PgOptions given = more.isEmpty() ? options : merge(options, PgOptions.parse("postgresql://?" + more));
        return outcome(PgClient.create(given)
                .connect()
                .doOnNext(connected -> {
                    connection = connected;
                    connected
                            .notices()
                            .subscribe(notice -> notices.add(notice.fields().toString()));
                })
                .thenMany(Flux.empty()));
    }

    private static PgOptions merge(PgOptions options, PgOptions more) {
        PgOptions merged = options;
        for (PgOption<?> option : PgOption.all()) {
            merged = copy(option, more, merged);
        }
        return merged;
    }

    private static <T> PgOptions copy(PgOption<T> option, PgOptions from, PgOptions to) {
        T value = from.get(option);
        return from.isSet(option) && value != null ? to.with(option, value) : to;
    }

    private PgConnection connection() {
        if (connection == null) {
            throw new IllegalStateException("the script has no connection yet");
        }
        return connection;
    }

    private PgQuery query(String argument) {
        int with = argument.lastIndexOf(" with ");
        if (with < 0) {
            return connection().query(argument);
        }
        @Nullable Object[] values = Arrays.stream(
                        argument.substring(with + " with ".length()).split(", "))
                .map(DriverScript::value)
                .toArray();
        return connection().query(argument.substring(0, with)).bind(values);
    }

    private static @Nullable Object value(String text) {
        return switch (text) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> text.startsWith("\"") ? text.substring(1, text.length() - 1) : (Object) Integer.valueOf(text);
        };
    }

    private static String text(PgRow row) {
        return Stream.iterate(0, i -> i < row.columns().size(), i -> i + 1)
                .map(i -> String.valueOf(row.get(i)))
                .collect(Collectors.joining(" | "));
    }

    private CompletableFuture<List<String>> drainedNotices() {
        List<String> drained = new ArrayList<>();
        for (String notice = notices.poll(); notice != null; notice = notices.poll()) {
            drained.add(notice);
        }
        return CompletableFuture.completedFuture(drained);
    }

    private CompletableFuture<List<String>> awaitLoss() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (connection().isHealthy() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        return connection().isHealthy() ? done("still healthy") : CompletableFuture.completedFuture(List.of());
    }

    private static CompletableFuture<List<String>> done(String line) {
        return CompletableFuture.completedFuture(List.of(line));
    }

    private static CompletableFuture<List<String>> outcome(Flux<String> lines) {
        return lines.onErrorResume(failure -> Flux.just(text(failure)))
                .collectList()
                .toFuture();
    }

    private static String text(Throwable failure) {
        if (!(failure instanceof PgException reported)) {
            return "! " + failure;
        }
        return Stream.of(
                        "!",
                        failure.getClass().getSimpleName(),
                        reported.sqlState(),
                        reported.safeToRetry() ? "safe to retry" : null)
                .filter(word -> word != null)
                .collect(Collectors.joining(" "));
    }
}
