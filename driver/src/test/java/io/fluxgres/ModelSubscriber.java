package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.ModelStatements.Kind;
import io.fluxgres.ModelStatements.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * A subscriber of {@link ModelBasedIT}, which requests some rows, perhaps cancels when it has seen some, and knows what it
 * must get. What it has got may be read by any thread.
 */
final class ModelSubscriber implements CoreSubscriber<String> {

    private static final int NEVER = Integer.MAX_VALUE;

    private final Statement statement;
    private final int firstRequest;
    private final int cancelAt;
    private final List<String> rows = new CopyOnWriteArrayList<>();
    private final AtomicInteger ends = new AtomicInteger();
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
        PgQuery query = connection.query(statement.sql());
        PgQuery bound = statement.values().length == 0 ? query : query.bind(statement.values());
        bound.map(row -> String.valueOf(row.getString(0))).subscribe(this);
    }

    // ---- for the publisher

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream.set(subscription);
        if (cancelAt == 0) {
            cancel(subscription);
        } else if (firstRequest > 0) {
            subscription.request(firstRequest);
        }
    }

    @Override
    public void onNext(String row) {
        rows.add(row);
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
            subscription.request(1 + random.nextInt(3));
        }
    }

    void requestTheRest() {
        Subscription subscription = upstream.get();
        if (subscription != null && !hasEnded()) {
            subscription.request(Long.MAX_VALUE);
        }
    }

    boolean hasEnded() {
        return cancelled || ends.get() > 0;
    }

    boolean hasInserted() {
        return statement.kind() == Kind.INSERT && ends.get() > 0 && error.get() == null;
    }

    /** Whether the statement was cancelled, before it was written or behind. */
    boolean mayHaveInserted() {
        return statement.kind() == Kind.INSERT && cancelled && ends.get() == 0;
    }

    /** Compares what it has got with what it must get. */
    void check(String seed, ModelStatements model) {
        String what = seed + ", " + statement + ", got " + rows;
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
        assertThat(sqlState).as(what).isEqualTo(statement.sqlState());
        assertThat(rows).as(what).isEqualTo(statement.rows());
    }

    private @Nullable String sqlState() {
        Throwable thrown = error.get();
        if (thrown == null) {
            return null;
        }
        return thrown instanceof PgServerException refused ? refused.sqlState() : thrown.toString();
    }

    @Override
    public String toString() {
        return statement + " with " + rows;
    }
}
