package io.fluxgres.internal.transaction;

import io.fluxgres.PgConnection;
import io.fluxgres.PgException;
import io.fluxgres.PgTransactionOptions;
import java.util.Objects;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import reactor.util.retry.RetryBackoffSpec;

/**
 * One subscription to {@link PgConnection#inTransaction} with more than one attempt.
 *
 * <p>An attempt is a transaction from BEGIN to COMMIT or ROLLBACK; under the protocol of CockroachDB all attempts share one
 * transaction, each behind a rollback to its savepoint.
 *
 * @param <T> the class of the values
 */
public final class TransactionAttempts<T> {

    private final TransactionSlot slot;
    private final PgTransactionOptions options;
    private final Function<Transaction, ? extends Publisher<T>> work;

    /** A value was passed on, so that nothing may be repeated. The signals that touch it follow each other. */
    private boolean emitted;

    private TransactionAttempts(
            TransactionSlot slot, PgTransactionOptions options, Function<Transaction, ? extends Publisher<T>> work) {
        this.slot = slot;
        this.options = options;
        this.work = work;
    }

    /** Returns the transaction of what a function executes in it, with as many attempts as its options allow. */
    public static <T> Flux<T> of(
            TransactionSlot slot, PgTransactionOptions options, Function<Transaction, ? extends Publisher<T>> work) {
        Objects.requireNonNull(options, "options");
        if (options.maximumAttempts() == 1 && !options.cockroachRestart()) {
            return new TransactionFlux<>(slot, options, work);
        }
        return Flux.defer(() -> new TransactionAttempts<>(slot, options, work).run());
    }

    private Flux<T> run() {
        boolean repeats = options.maximumAttempts() > 1;
        if (options.cockroachRestart()) {
            return new TransactionFlux<>(slot, options, transaction -> {
                Flux<T> attempt = Flux.defer(() -> attempt(transaction)
                        .concatWith(transaction.releaseRestart().then(Mono.empty())));
                return repeats ? attempt.retryWhen(restart(transaction)) : attempt;
            });
        }
        return new TransactionFlux<>(slot, options, this::attempt).retryWhen(retry());
    }

    private Flux<T> attempt(Transaction transaction) {
        return Flux.from(work.apply(transaction)).doOnNext(value -> emitted = true);
    }

    private Retry restart(Transaction transaction) {
        return retry().doBeforeRetryAsync(signal -> transaction.restartBehind(signal.failure()));
    }

    private RetryBackoffSpec retry() {
        return Retry.backoff(options.maximumAttempts() - 1L, options.backoff())
                .filter(failure -> !emitted && isSerializationFailure(failure))
                .onRetryExhaustedThrow((spec, signal) -> signal.failure());
    }

    /** Whether the server gave the transaction up because of others, and certainly without effect. */
    private static boolean isSerializationFailure(Throwable failure) {
        if (!(failure instanceof PgException reported) || reported.sqlState() == null) {
            return false;
        }
        return switch (reported.sqlState()) {
            case "40001", "40P01" -> true;
            default -> false;
        };
    }
}
