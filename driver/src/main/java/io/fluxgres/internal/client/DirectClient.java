package io.fluxgres.internal.client;

import io.fluxgres.PgBatch;
import io.fluxgres.PgClient;
import io.fluxgres.PgClientFigures;
import io.fluxgres.PgConnection;
import io.fluxgres.PgObserver;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgQuery;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.connect.SessionFactory;
import io.fluxgres.internal.query.CallRouter;
import io.fluxgres.internal.query.ClientScope;
import io.fluxgres.internal.query.LentSession;
import io.fluxgres.internal.query.QueryCall;
import io.fluxgres.internal.statement.Placement;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** The client of one set of options. May be used by any thread; connects when something is to be executed. */
public final class DirectClient implements PgClient, PgClientFigures {

    private final SessionFactory factory;
    private final WaitingRoom room;
    private final ExclusivePool pool;
    private final Lanes lanes;
    private final OpenUses transactions = new OpenUses();
    private final ClientScope shared;
    private final ClientScope exclusive;
    private final ClientScope refused;
    private final Mono<Void> quiet;

    public DirectClient(PgOptions options) {
        this.factory = new SessionFactory(options);
        this.room = new WaitingRoom(options.require(PgOption.MAX_WAITING), options.require(PgOption.ACQUIRE_TIMEOUT));
        this.pool = new ExclusivePool(factory, room);
        this.lanes = new Lanes(factory, pool, room);
        CallRouter exclusively = new Router(true);
        CallRouter refusing = new Refusal();
        this.shared = factory.scope(new Router(false), exclusively);
        this.exclusive = factory.scope(exclusively, exclusively);
        this.refused = factory.scope(refusing, refusing);
        this.quiet = Mono.defer(() -> Mono.whenDelayError(lanes.close(), transactions.close()))
                .then(Mono.defer(pool::returned))
                .cache();
        PgObserver observer = options.get(PgOption.OBSERVER);
        if (observer != null) {
            observer.onClient(this);
        }
    }

    @Override
    public PgQuery query(String sql) {
        return scope(Placement.of(sql)).query(sql);
    }

    @Override
    public PgBatch batch(String... sqls) {
        return scope(Placement.of(sqls)).batch(sqls);
    }

    private ClientScope scope(Placement placement) {
        return switch (placement) {
            case SHARED -> shared;
            case EXCLUSIVE -> exclusive;
            case REFUSED -> refused;
        };
    }

    /** Brings statements on their way. */
    private final class Router implements CallRouter {

        private final boolean exclusively;

        Router(boolean exclusively) {
            this.exclusively = exclusively;
        }

        @Override
        public <T> Flux<T> lend(Function<LentSession, Publisher<T>> work) {
            return transactions.count(pool.with(work));
        }

        @Override
        public <T> void route(QueryCall<T> call, CoreSubscriber<? super T> subscriber) {
            new ClientStatement<>(lanes.next(), call, exclusively || call.isLong(), subscriber).begin();
        }
    }

    /** Fails statements that make sense only together with others of their session. */
    private static final class Refusal implements CallRouter {

        @Override
        public <T> void route(QueryCall<T> call, CoreSubscriber<? super T> subscriber) {
            Operators.error(subscriber, refusal());
        }

        @Override
        public <T> Flux<T> lend(Function<LentSession, Publisher<T>> work) {
            return Flux.error(Refusal::refusal);
        }

        private static PgUsageException refusal() {
            return new PgUsageException(
                    "a client executes each statement on whichever connection is free, where this one"
                            + " would be of no use or in the way of others; it was not sent. Use inTransaction for"
                            + " transactions, cursors and locks, and a connection from connect() for settings, channels"
                            + " and prepared statements");
        }
    }

    @Override
    public <T> Flux<T> inTransaction(
            PgTransactionOptions options, Function<? super PgConnection, ? extends Publisher<T>> work) {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(work, "work");
        return transactions.count(pool.with(session -> session.inTransaction(options, work)));
    }

    @Override
    public Mono<PgConnection> connect() {
        return factory.connect();
    }

    @Override
    public Mono<Void> close(Duration grace) {
        return quiet.timeout(Objects.requireNonNull(grace, "grace"), Mono.fromRunnable(this::abandon))
                .then(pool.close());
    }

    private void abandon() {
        lanes.abandon(ClientEnd.graceEnded());
        pool.abandon();
    }

    // ---- the figures

    @Override
    public int sharedConnections() {
        return lanes.connected();
    }

    @Override
    public int sharedInFlight() {
        return lanes.inFlight();
    }

    @Override
    public int waiting() {
        return room.waiting();
    }

    @Override
    public int exclusiveInUse() {
        return pool.metrics().acquiredSize();
    }

    @Override
    public int exclusiveIdle() {
        return pool.metrics().idleSize();
    }

    @Override
    public int exclusiveAwaited() {
        return pool.awaited();
    }
}
