package io.fluxgres.internal.client;

import io.fluxgres.internal.client.ExclusivePool.Loan;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Statements of a lane that wait, and what was asked for in the pool on their behalf. Whoever waits longest gets what comes
 * first. Confined to the event loop of the lane.
 */
final class LoanQueue {

    private final StatementLane lane;
    private final ExclusivePool pool;
    private final boolean isSlow;
    private final Deque<ClientStatement<?>> statements = new ArrayDeque<>();
    private final Deque<Loaning> asked = new ArrayDeque<>();
    private int lent;

    /**
     * Creates an empty queue.
     *
     * @param isSlow whether its statements are known to be slow
     */
    LoanQueue(StatementLane lane, ExclusivePool pool, boolean isSlow) {
        this.lane = lane;
        this.pool = pool;
        this.isSlow = isSlow;
    }

    void onJoined(ClientStatement<?> statement) {
        statements.add(statement);
    }

    /** A statement waits no longer, because its turn has come or because it has ended. */
    void onLeft(ClientStatement<?> statement) {
        statements.remove(statement);
    }

    /** Returns who waits longest, null if nobody waits. */
    @Nullable ClientStatement<?> first() {
        return statements.peek();
    }

    boolean isEmpty() {
        return statements.isEmpty();
    }

    /** Whether nobody waits and no connection is on loan. */
    boolean isQuiet() {
        return isEmpty() && lent == 0;
    }

    /** Asks for a connection for each who waits. */
    void ask() {
        int first = asked.size();
        if (first >= statements.size()) {
            return;
        }
        ClientStatement<?>[] waiting = statements.toArray(new ClientStatement<?>[0]);
        for (int i = first; i < waiting.length; i++) {
            Loaning loaning = new Loaning();
            asked.add(loaning);
            pool.borrow(waiting[i].begun(), isSlow).subscribe(loaning);
        }
        trim();
    }

    /** Takes back what was asked for those who wait no longer. */
    void trim() {
        while (asked.size() > statements.size()) {
            asked.removeLast().cancel();
        }
    }

    private void onLent(Loaning loaning, Loan loan) {
        asked.remove(loaning);
        ClientStatement<?> first = first();
        if (first == null) {
            loan.giveBack();
            return;
        }
        lent++;
        long begun = System.nanoTime();
        Pace pace = first.pace();
        first.execute(loan, () -> lane.execute(() -> onReturned(pace, System.nanoTime() - begun)));
    }

    private void onReturned(Pace pace, long nanos) {
        lent--;
        lane.learn(pace, nanos);
        lane.onChange();
    }

    private void onRefused(Loaning loaning, Throwable failure) {
        ClientStatement<?> first = first();
        if (asked.remove(loaning) && first != null) {
            first.fail(failure);
        }
        ask();
        lane.onChange();
    }

    /** Fails who has waited too long, and returns for how many nanoseconds nobody else will have. */
    long failLate() {
        long patience = Long.MAX_VALUE;
        for (ClientStatement<?> statement : statements.toArray(new ClientStatement<?>[0])) {
            long left = statement.patience();
            if (left <= 0) {
                statement.failLate();
            } else {
                patience = Math.min(patience, left);
            }
        }
        trim();
        return patience;
    }

    /** Fails everybody who waits. */
    void fail(Throwable failure) {
        for (ClientStatement<?> next = first(); next != null; next = first()) {
            next.fail(failure);
        }
        trim();
    }

    /**
     * Waits for one connection. It may come, or be refused, while it is cancelled on another thread: a connection is taken
     * even then, so that none gets lost, and a refusal is nobody's.
     */
    private final class Loaning implements CoreSubscriber<Loan> {

        private @Nullable Subscription subscription;

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription = subscription;
            subscription.request(1);
        }

        void cancel() {
            if (subscription != null) {
                subscription.cancel();
            }
        }

        @Override
        public void onNext(Loan loan) {
            lane.execute(() -> onLent(this, loan));
        }

        @Override
        public void onError(Throwable failure) {
            lane.execute(() -> onRefused(this, failure));
        }

        @Override
        public void onComplete() {
            // behind the connection
        }
    }
}
