package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Random transactions on connections that end at any point of them: each is in the database as a whole or not at all, it is
 * if its commit was acknowledged, and it is not if the error says that it failed.
 *
 * <p>{@link RandomConversations} tells how to repeat a seed and to let it run longer.
 */
@Timeout(3600)
class TransactionFaultsIT extends FaultsFixture {

    private static final int TRANSACTIONS = 4;
    private static final String INSERT = "insert into step values ($1, $2)";

    /** A failure of the function itself. */
    private static final class OnPurpose extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    @BeforeAll
    static void createTable() {
        postgres.execute("create table step (transaction int, n int)");
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.RandomConversations#seeds")
    void whateverEndsTheConnectionATransactionIsThereAsAWholeOrNotAtAll(long seed) throws Exception {
        RandomConversations.repeat(TransactionFaultsIT.class, seed, 2, TransactionFaultsIT::converse);
    }

    /** Executes transactions one after the other, in one of which the connection ends. */
    private static void converse(Random random, String seed) throws IOException {
        run(control, "truncate step");
        try (FaultyLine line = FaultyLine.to(postgres.host(), postgres.port())) {
            line.byReset(random.nextBoolean());
            PgConnection connection = Logins.connect(line.through(postgres.url())
                    .with(PgOption.PREPARE_THRESHOLD, 1 + random.nextInt(3))
                    .with(PgOption.PIPELINE_DEPTH, List.of(1, 256).get(random.nextInt(2))));
            Step fault = fault(connection, line, random);
            int victim = random.nextInt(TRANSACTIONS);
            int at = random.nextInt(4);
            List<Throwable> ends = Flux.range(0, TRANSACTIONS)
                    .concatMap(n -> transaction(connection, n, random, n == victim ? at : -1, fault))
                    .collectList()
                    .blockOptional(TIMEOUT)
                    .orElseThrow();
            Connections.close(connection);
            awaitBackendsEnd(connection);
            Map<Integer, Long> stored =
                    list(control.query("select transaction from step").map(row -> row.getInt(0))).stream()
                            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
            IntStream.range(0, TRANSACTIONS)
                    .forEach(n -> check(seed + ", transaction " + n, ends.get(n), stored.getOrDefault(n, 0L)));
        }
    }

    private interface Step {
        Mono<Void> strike();
    }

    private static Step fault(PgConnection connection, FaultyLine line, Random random) {
        int bytes = random.nextInt(List.of(10, 1000, 20_000).get(random.nextInt(3)));
        return switch (random.nextInt(5)) {
            case 0 -> () -> Mono.fromRunnable(line::cut);
            case 1 -> () -> Mono.fromRunnable(() -> line.cutBehindRequestBytes(bytes));
            case 2 -> () -> Mono.fromRunnable(() -> line.cutBehindAnswerBytes(bytes));
            case 3 -> connection::close;
            default -> () -> terminateBackend(connection);
        };
    }

    private static final Throwable COMMITTED = new Throwable("committed");

    /**
     * Inserts rows one by one, some at a time and by a batch.
     *
     * @param faultAt in front of which of these steps the fault strikes, 3 for behind all
     * @return how it ended
     */
    private static Mono<Throwable> transaction(
            PgConnection connection, int number, Random random, int faultAt, Step fault) {
        boolean fails = random.nextInt(5) == 0;
        boolean concurrent = random.nextBoolean();
        return connection
                .inTransaction(transaction -> Flux.range(0, 4).concatMap(step -> {
                    Mono<Void> before = step == faultAt ? fault.strike() : Mono.empty();
                    Publisher<Long> work = step(transaction, number, step, fails);
                    // what goes on at once has no order
                    return concurrent ? Flux.merge(before.cast(Long.class), work) : before.thenMany(work);
                }))
                .then(Mono.just(COMMITTED))
                .onErrorResume(Mono::just);
    }

    private static Publisher<Long> step(PgConnection transaction, int number, int step, boolean fails) {
        return switch (step) {
            case 0 -> insert(transaction, number, 0);
            case 1 -> Flux.range(1, 20).flatMap(n -> insert(transaction, number, n));
            case 2 ->
                transaction
                        .query(INSERT)
                        .bindAll(IntStream.range(21, 100)
                                .mapToObj(n -> new Object[] {number, n})
                                .toList())
                        .rowsUpdated();
            default -> fails ? Mono.error(new OnPurpose()) : Mono.empty();
        };
    }

    private static Mono<Long> insert(PgConnection transaction, int number, int n) {
        return transaction.query(INSERT).bind(number, n).rowsUpdated();
    }

    private static void check(String what, Throwable end, long stored) {
        if (end == COMMITTED) {
            assertThat(stored).as(what).isEqualTo(100);
        } else if (end instanceof PgException lost && !lost.safeToRetry()) {
            assertThat(lost.fault()).as(what + " " + lost).isEqualTo(PgException.Fault.NETWORK);
            assertThat(stored).as(what + " " + lost).isIn(0L, 100L);
        } else {
            assertThat(end).as(what).isInstanceOfAny(OnPurpose.class, PgConnectionException.class);
            assertThat(stored).as(what + " " + end).isZero();
        }
    }
}
