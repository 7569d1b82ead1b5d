package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.ModelStatements.Kind;
import io.fluxgres.ModelStatements.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * A subscriber of {@link ModelRound}, which requests some rows, perhaps cancels when it has seen some, and knows what it
 * must get. What it has got may be read by any thread.
 */
final class ModelSubscriber implements CoreSubscriber<String> {

    private static final int NEVER = Integer.MAX_VALUE;

    private final Statement statement;
    private final int firstRequest;
    private final int cancelAt;
    private final List<String> rows = new CopyOnWriteArrayList<>();
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger ends = new AtomicInteger();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Throwable> error = new AtomicReference<>();
    private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> atFirstSignal = new AtomicReference<>();

    private volatile boolean cancelled;

    private ModelSubscriber(Statement statement, int firstRequest, int cancelAt) {
        this.statement = statement;
        this.firstRequest = firstRequest;
        this.cancelAt = cancelAt;
    }

    static ModelSubscriber of(Statement statement, Random random) {
        int firstRequest = random.nextInt(3) == 0 ? random.nextInt(4) : NEVER;
        int cancelAt = random.nextInt(6) == 0 ? random.nextInt(5) : NEVER;
        // what a setting that was cancelled has changed is not known
        return new ModelSubscriber(statement, firstRequest, statement.kind() == Kind.SETTING ? NEVER : cancelAt);
    }

    void atFirstSignal(Runnable action) {
        atFirstSignal.set(action);
    }

    void submitTo(PgConnection connection) {
        statement.on(connection).subscribe(this);
    }

    // ---- for the publisher

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream.set(subscription);
        if (cancelAt == 0) {
            cancel(subscription);
        } else if (firstRequest > 0) {
            request(subscription, firstRequest);
        }
    }

    private void request(Subscription subscription, long count) {
        requested.accumulateAndGet(count, Operators::addCap);
        subscription.request(count);
    }

    @Override
    public void onNext(String row) {
        if (ends.get() > 0) {
            violations.add("a row behind the end");
        }
        rows.add(row);
        if (rows.size() > requested.get()) {
            violations.add("a row that was not requested");
        }
        signalled();
        Subscription subscription = upstream.get();
        if (rows.size() == cancelAt && subscription != null) {
            cancel(subscription);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        error.set(thrown);
        signalled();
        ends.incrementAndGet();
    }

    @Override
    public void onComplete() {
        signalled();
        ends.incrementAndGet();
    }

    /** What the action submits is known before the end of this subscriber is, or it is not submitted. */
    private synchronized void signalled() {
        Runnable action = atFirstSignal.getAndSet(null);
        if (action != null) {
            action.run();
        }
    }

    private synchronized void cancel(Subscription subscription) {
        atFirstSignal.set(null);
        cancelled = true;
        subscription.cancel();
    }

    // ---- for the test

    /** Requests a little or cancels, from another thread. */
    void act(Random random) {
        Subscription subscription = upstream.get();
        if (subscription == null) {
            return;
        }
        if (random.nextInt(10) == 0 && statement.kind() != Kind.SETTING) {
            cancel(subscription);
        } else {
            request(subscription, 1 + random.nextInt(3));
        }
    }

    void requestTheRest() {
        Subscription subscription = upstream.get();
        if (subscription != null && !hasEnded()) {
            request(subscription, Long.MAX_VALUE);
        }
    }

    boolean hasEnded() {
        return cancelled || ends.get() > 0;
    }

    @Nullable Throwable error() {
        return error.get();
    }

    /** What it wrote, as far as it was told. */
    Written written() {
        if (ends.get() == 0) {
            return Written.PERHAPS;
        }
        Throwable thrown = error.get();
        if (thrown == null) {
            return Written.ALL;
        }
        return isConnectionFailure(thrown) && !((PgException) thrown).safeToRetry() ? Written.PERHAPS : Written.NONE;
    }

    /** What is in the log of the numbers that a statement writes. */
    enum Written {
        ALL,
        NONE,
        PERHAPS
    }

    List<Integer> numbers() {
        return statement.written();
    }

    private static boolean isConnectionFailure(Throwable thrown) {
        return thrown instanceof PgConnectionException
                || (thrown instanceof PgBatchException batch && batch.getCause() instanceof PgConnectionException);
    }

    /** Compares what it has got with what it must get. */
    void check(String seed, ModelStatements model) {
        check(seed, model, thrown -> false);
    }

    /**
     * Compares what it has got with what it must get.
     *
     * @param excuse whether a fault explains an error
     */
    void check(String seed, ModelStatements model, Predicate<PgException> excuse) {
        Throwable thrown = error.get();
        String what = seed + ", " + statement + ", got " + rows + " and " + thrown;
        assertThat(violations).as(what).isEmpty();
        assertThat(ends.get()).as(what).isBetween(cancelled ? 0 : 1, 1);
        assertThat(statement
                        .rows()
                        .subList(0, Math.min(rows.size(), statement.rows().size())))
                .as(what)
                .isEqualTo(rows);
        String sqlState = sqlState();
        if (ends.get() == 0 || (sqlState != null && model.excuses().contains(sqlState) && rows.isEmpty())) {
            return;
        }
        if (thrown instanceof PgException explained && excuse.test(explained)) {
            assertThat(explained.safeToRetry() && !rows.isEmpty()).as(what).isFalse();
            return;
        }
        assertThat(sqlState).as(what).isEqualTo(statement.sqlState());
        assertThat(rows).as(what).isEqualTo(statement.rows());
    }

    private @Nullable String sqlState() {
        Throwable thrown = error.get();
        if (thrown == null) {
            return null;
        }
        boolean refused = thrown instanceof PgServerException || thrown.getCause() instanceof PgServerException;
        return refused ? ((PgException) thrown).sqlState() : thrown.toString();
    }

    @Override
    public String toString() {
        return statement + " with " + rows;
    }
}
