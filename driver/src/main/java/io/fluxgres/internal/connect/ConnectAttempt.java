package io.fluxgres.internal.connect;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgOption;
import io.fluxgres.PgQueryMode;
import io.fluxgres.internal.net.Wire;
import io.fluxgres.internal.protocol.BackendKeyData;
import io.fluxgres.internal.protocol.StartupParameters;
import io.fluxgres.internal.request.ControlRequest;
import io.fluxgres.internal.request.ControlRequest.Command;
import io.fluxgres.internal.session.FloatDigits;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.session.SyncProbe;
import io.fluxgres.internal.statement.Failures;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;

/**
 * One subscription to a connect: name resolution, TCP, startup, under one deadline.
 *
 * <p>It ends exactly once, by the connection, an error, the deadline or a cancel. Whichever comes first wins, by one atomic
 * step; what the others still make is closed. So no connection can be made that nobody gets.
 */
final class ConnectAttempt implements Subscription, StartupExchange.Listener, SyncProbe.Listener {

    private enum Phase {
        /** Nothing has been requested or made. */
        CONNECTING,
        /** The connection is requested. */
        REQUESTED,
        /** The connection is made and not requested. */
        READY,
        /** The connection was handed over, or there will be none. */
        ENDED
    }

    private final SessionFactory factory;
    private final @Nullable EventExecutor loop;
    private final CoreSubscriber<? super Session> subscriber;
    private final Session session;
    private final StartupParameters asked;
    private final long begun = System.nanoTime();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CONNECTING);
    private final Connecting connecting = new Connecting();
    private final Disposable.Swap deadline = Disposables.swap();
    private volatile @Nullable Wire wire;

    ConnectAttempt(SessionFactory factory, @Nullable EventExecutor loop, CoreSubscriber<? super Session> subscriber) {
        this.factory = factory;
        this.loop = loop;
        this.subscriber = subscriber;
        this.session = factory.newSession();
        this.asked = factory.startupParameters();
    }

    void start() {
        subscriber.onSubscribe(this);
        if (phase.get() == Phase.ENDED) {
            return;
        }
        deadline.update(Schedulers.parallel()
                .schedule(this::onDeadline, factory.deadline().toMillis(), TimeUnit.MILLISECONDS));
        factory.connector().connect(factory.limits(), session, loop).subscribe(connecting);
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            fail(new IllegalArgumentException("request(" + n + ") is not positive (Reactive Streams rule 3.9)"));
            return;
        }
        if (phase.compareAndSet(Phase.CONNECTING, Phase.REQUESTED)) {
            return;
        }
        if (phase.compareAndSet(Phase.READY, Phase.ENDED)) {
            subscriber.onNext(session);
            subscriber.onComplete();
        }
    }

    @Override
    public void cancel() {
        if (phase.getAndSet(Phase.ENDED) != Phase.ENDED) {
            abandon();
        }
    }

    private void onDeadline() {
        fail(new PgConnectionException(
                "could not connect to " + factory.connector().target() + " within "
                        + factory.deadline().toMillis() + " ms",
                true,
                null,
                null));
    }

    private void onConnected(Wire connected) {
        session.onConnected(connected);
        wire = connected;
        if (phase.get() == Phase.ENDED) {
            connected.close();
            return;
        }
        connected.submit(new StartupExchange(
                connected,
                factory.newStartup(asked),
                factory.options(),
                factory.latestSaltedPassword(),
                Schedulers.boundedElastic(),
                this));
    }

    @Override
    public void onStarted(@Nullable BackendKeyData keyData) {
        session.server().onStarted(keyData);
        String setting = factory.lockTimeout().statement(asked.parameters());
        if (setting != null) {
            set(Command.SET, setting);
            session.reset().follow(() -> set(Command.RESET, setting));
        }
        Wire connected = wire;
        if (connected != null && factory.options().require(PgOption.QUERY_MODE) == PgQueryMode.AUTO) {
            connected.submit(new SyncProbe(this));
        } else {
            setFloatDigits();
            succeed();
        }
    }

    private void setFloatDigits() {
        if (FloatDigits.mayBeSet(
                session.settings(), session.server().parameters().values())) {
            session.reset().floatDigits().begin(session.wire());
        }
    }

    /** Executes a SET in front of what comes next; ends the connection if it is refused. */
    private void set(Command command, String sql) {
        ControlRequest.execution(session, command, () -> sql)
                .subscribe(nothing -> {}, failure -> session.wire().fail(Failures.ofSetting(failure)));
    }

    @Override
    public void onProbed(boolean extendedKnown) {
        if (extendedKnown) {
            setFloatDigits();
        } else {
            session.server().onSimpleOnly();
        }
        succeed();
    }

    @Override
    public void onProbeFailed(PgException reason) {
        fail(reason);
    }

    private void succeed() {
        deadline.dispose();
        if (phase.compareAndSet(Phase.CONNECTING, Phase.READY)) {
            session.onConnectEnd(elapsed(), null);
            return;
        }
        if (phase.compareAndSet(Phase.REQUESTED, Phase.ENDED)) {
            session.onConnectEnd(elapsed(), null);
            subscriber.onNext(session);
            subscriber.onComplete();
        }
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** No request of the caller was sent yet, so one that is lost now can be repeated without harm. */
    @Override
    public void onStartupFailed(PgException reason) {
        if (reason instanceof PgConnectionException lost) {
            String target = factory.connector().target();
            fail(new PgConnectionException(
                    "could not connect to " + target + ": " + lost.getMessage(), true, lost.errorFields(), lost));
        } else {
            fail(reason);
        }
    }

    private void fail(Throwable reason) {
        Phase before = phase.getAndSet(Phase.ENDED);
        if (before != Phase.ENDED) {
            abandon();
            session.onConnectEnd(elapsed(), reason);
            subscriber.onError(reason);
        }
    }

    private void abandon() {
        deadline.dispose();
        connecting.dispose();
        Wire connected = wire;
        if (connected != null) {
            connected.close();
        }
    }

    /**
     * Waits for the network connection. Takes it even if it was disposed of meanwhile, so that none gets lost; a failure that
     * comes then concerns nobody.
     */
    private final class Connecting implements CoreSubscriber<Wire> {

        private final AtomicReference<@Nullable Subscription> source = new AtomicReference<>();

        @Override
        public void onSubscribe(Subscription subscription) {
            if (source.compareAndSet(null, subscription)) {
                subscription.request(Long.MAX_VALUE);
            } else {
                subscription.cancel();
            }
        }

        @Override
        public void onNext(Wire connected) {
            onConnected(connected);
        }

        @Override
        public void onError(Throwable failure) {
            fail(failure);
        }

        @Override
        public void onComplete() {}

        void dispose() {
            Subscription connecting = source.getAndSet(Operators.cancelledSubscription());
            if (connecting != null) {
                connecting.cancel();
            }
        }
    }
}
