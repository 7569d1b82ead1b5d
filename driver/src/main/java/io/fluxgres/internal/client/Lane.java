package io.fluxgres.internal.client;

import io.fluxgres.PgException;
import io.fluxgres.internal.connect.SessionFactory;
import io.fluxgres.internal.query.LentSession;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A shared connection on one event loop, and the statements that came to it.
 *
 * <p>A statement is put on the connection, behind what is in flight there, if nothing there may hold it up: what is in flight
 * was fast before, the oldest has had the server for less than 20 ms, and no result is paused, cancelled or discarded. Else it
 * goes to a lane where that is so, or waits. Who waits behind something old also asks for an exclusive connection and takes
 * what comes first.
 * Statements that were slow before go to exclusive connections at once, a few of them at a time, and leave the shared ones
 * to the others.
 *
 * <p>Confined to the event loop, but for {@link #state} and {@link #inFlight}.
 */
final class Lane implements StatementLane, LaneConnection.User {

    /** What others know of it. */
    enum State {
        /** There is no connection. */
        UNCONNECTED,
        /** A connection is being made. */
        CONNECTING,
        /** The next statement can be sent at once. */
        OPEN,
        /** It cannot. */
        BUSY
    }

    private final EventExecutor loop;
    private final Paces paces;
    private final WaitingRoom room;
    private final ExclusivePool pool;
    /** Offers a statement to the other lanes. */
    private final BiPredicate<Lane, ClientStatement<?>> others;

    private final LaneConnection connection;
    private final Admission admission;
    private final LoanQueue waiting;
    private final LoanQueue slow;
    private final LoanQueue exclusive;

    /** One for all who wait. */
    private @Nullable Future<?> timer;

    private long timerDue;
    private Sinks.@Nullable Empty<Void> closing;
    private volatile State state = State.UNCONNECTED;
    private volatile int inFlightCount;

    /**
     * Creates a lane that is not connected.
     *
     * @param depth how many statements may be in flight on the shared connection
     */
    Lane(
            EventExecutor loop,
            SessionFactory factory,
            ExclusivePool pool,
            Paces paces,
            WaitingRoom room,
            int depth,
            BiPredicate<Lane, ClientStatement<?>> others) {
        this.loop = loop;
        this.paces = paces;
        this.room = room;
        this.pool = pool;
        this.admission = new Admission(depth);
        this.others = others;
        this.connection = new LaneConnection(this, factory, loop);
        this.waiting = new LoanQueue(this, pool, false);
        this.slow = new LoanQueue(this, pool, true);
        this.exclusive = new LoanQueue(this, pool, false);
    }

    // ---- from any thread

    @Override
    public boolean inEventLoop() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    State state() {
        return state;
    }

    /** Returns how many statements are in flight on the shared connection. */
    int inFlight() {
        return inFlightCount;
    }

    /** Makes the connection, if there is none. */
    void connect() {
        execute(() -> {
            connection.open();
            publish();
        });
    }

    // ---- for statements

    @Override
    public WaitingRoom room() {
        return room;
    }

    @Override
    public Pace paceOf(String sql) {
        return paces.of(sql);
    }

    @Override
    public PgException full() {
        return pool.full();
    }

    @Override
    public PgException late() {
        return pool.late(connection.latestFailure());
    }

    @Override
    public void learn(Pace pace, long nanos) {
        admission.learn(pace, nanos);
    }

    @Override
    public Future<?> schedule(Runnable action, long nanos) {
        return loop.schedule(action, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void arrive(ClientStatement<?> statement) {
        if (closing != null) {
            statement.fail(ClientEnd.closed());
        } else if (statement.isExclusive()) {
            statement.await(exclusive);
            exclusive.ask();
            wakeIn(statement.patience());
        } else if (statement.pace().isSlow()) {
            statement.await(slow);
            slow.ask();
            wakeIn(statement.patience());
        } else {
            arriveToShare(statement);
        }
        publish();
    }

    private void arriveToShare(ClientStatement<?> statement) {
        LentSession session = connection.session();
        long now = System.nanoTime();
        if (session != null && waiting.isEmpty() && mayPlace(session, now)) {
            place(statement, session, now);
        } else if (isNearlyOpen(session, now) || !others.test(this, statement)) {
            statement.await(waiting);
            onWaiting();
        }
    }

    /** Whether the end of a discarded result is all that is waited for: most often it is here already. */
    private boolean isNearlyOpen(@Nullable LentSession session, long now) {
        return session != null && session.isDiscarding() && admission.patience(now) > 0;
    }

    @Override
    public void move(ClientStatement<?> statement) {
        statement.await(waiting);
        placeWaiting();
        onWaiting();
        publish();
    }

    private boolean mayPlace(LentSession session, long now) {
        int pending = session.pending();
        return admission.mayAdd(pending, now) && (pending == 0 || !(session.isPaused() || session.isDiscarding()));
    }

    private void place(ClientStatement<?> statement, LentSession session, long now) {
        int pending = session.pending();
        if (pending == 0) {
            admission.clear();
        }
        if (admission.isPingDue(pending) && session.ping(this::onAnswer)) {
            admission.addPing(now);
        }
        admission.add(statement.pace(), now);
        statement.place(session);
        watchLoop(now);
    }

    private void watchLoop(long now) {
        if (admission.startTicking(now)) {
            schedule(this::onTick, LoopDelay.TICK);
        }
    }

    private void onTick() {
        long now = System.nanoTime();
        admission.onTick(now);
        watchLoop(now);
    }

    // ---- for who waits

    @Override
    public boolean isAwaited() {
        return !waiting.isEmpty();
    }

    private void placeWaiting() {
        LentSession session = connection.session();
        if (session != null) {
            long now = System.nanoTime();
            ClientStatement<?> next = waiting.first();
            while (next != null && mayPlace(session, now)) {
                place(next, session, now);
                next = waiting.first();
            }
        }
        waiting.trim();
    }

    /** Sees to those who wait for the shared connection: that there will be one, or exclusive ones if it is held up. */
    private void onWaiting() {
        ClientStatement<?> first = waiting.first();
        if (first == null) {
            return;
        }
        LentSession session = connection.session();
        if (session == null) {
            connection.open();
            wakeIn(first.patience());
            return;
        }
        long now = System.nanoTime();
        if (admission.patience(now) <= 0) {
            admission.blameHead();
        }
        long patience = admission.patience(first.waitedFor(), now);
        if (patience <= 0 || session.isPaused()) {
            waiting.ask();
            wakeIn(first.patience());
        } else {
            wakeIn(Math.min(patience, first.patience()));
        }
    }

    /** Looks again at those who wait, after a while at the latest. */
    private void wakeIn(long nanos) {
        long due = System.nanoTime() + nanos;
        if (timer != null && due - timerDue < 0) {
            timer.cancel(false);
            timer = null;
        }
        if (timer == null) {
            timerDue = due;
            timer = schedule(this::onTimer, nanos);
        }
    }

    private void onTimer() {
        timer = null;
        placeWaiting();
        long patience = Math.min(waiting.failLate(), Math.min(slow.failLate(), exclusive.failLate()));
        if (patience != Long.MAX_VALUE) {
            wakeIn(patience);
        }
        onWaiting();
        onChange();
    }

    // ---- from the connection

    @Override
    public void onConnected(long nanos) {
        admission.onConnected(nanos, System.nanoTime());
        placeWaiting();
        onWaiting();
        onChange();
    }

    @Override
    public void onUnreachable(Throwable failure) {
        waiting.fail(failure);
        onChange();
    }

    @Override
    public void onAnswer() {
        LentSession session = connection.session();
        if (session != null) {
            long now = System.nanoTime();
            admission.onAnswer(session.pending(), now);
            watchLoop(now);
        }
        if (!waiting.isEmpty()) {
            placeWaiting();
            onWaiting();
        }
        onChange();
    }

    @Override
    public void onDisconnected() {
        admission.clear();
        onChange();
    }

    @Override
    public void onChange() {
        publish();
        Sinks.Empty<Void> closed = closing;
        if (closed != null && isQuiet()) {
            connection.close();
            closed.tryEmitEmpty();
        }
    }

    private void publish() {
        LentSession session = connection.session();
        inFlightCount = session == null ? 0 : session.pending();
        State now;
        if (session == null) {
            now = connection.isOpening() ? State.CONNECTING : State.UNCONNECTED;
        } else {
            boolean open = waiting.isEmpty()
                    && admission.hasRoom(session.pending())
                    && (session.pending() == 0 || !session.isPaused());
            now = open ? State.OPEN : State.BUSY;
        }
        if (state != now) {
            state = now;
        }
    }

    // ---- the end

    private boolean isQuiet() {
        LentSession session = connection.session();
        return waiting.isQuiet()
                && slow.isQuiet()
                && exclusive.isQuiet()
                && (session == null || session.pending() == 0);
    }

    /** Takes no statement any more, and completes when those that have come have ended. */
    Mono<Void> close() {
        return Mono.defer(() -> {
            Sinks.Empty<Void> closed = Sinks.empty();
            execute(() -> {
                if (closing == null) {
                    closing = closed;
                }
                closing.asMono().subscribe(nothing -> {}, failure -> {}, closed::tryEmitEmpty);
                onChange();
            });
            return closed.asMono();
        });
    }

    /** Ends everything now. */
    void abandon(PgException reason) {
        execute(() -> {
            waiting.fail(reason);
            slow.fail(reason);
            exclusive.fail(reason);
            connection.abandon(reason);
        });
    }
}
