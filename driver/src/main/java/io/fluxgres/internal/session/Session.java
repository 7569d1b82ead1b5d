package io.fluxgres.internal.session;

import io.fluxgres.PgBatch;
import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgNotice;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgQuery;
import io.fluxgres.PgQueryMode;
import io.fluxgres.PgTransactionStatus;
import io.fluxgres.internal.net.Connector;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.net.Wire;
import io.fluxgres.internal.net.WireListener;
import io.fluxgres.internal.protocol.BackendKeyData;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.TransactionStatus;
import io.fluxgres.internal.session.ControlRequest.Command;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One session of a server: what its requests share, and what the driver knows of it. Its user sees it as a
 * {@link SessionConnection}.
 *
 * <p>What several threads may read is volatile or concurrent; the rest is confined to the event loop.
 */
final class Session implements WireListener {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");
    private static final Logger NOTICE_LOG = LoggerFactory.getLogger("io.fluxgres.notice");

    private final ServerParameters serverParameters = new ServerParameters();
    private final Sinks.Many<PgNotice> notices = Sinks.many().multicast().directBestEffort();
    private final SessionCodecs codecs;
    private final StatementCache statements;
    private final SpoolBudget spoolBudget;
    private final int fetchSize;
    private final int pipelineBytes;
    private final ParkedResults parked = new ParkedResults();
    private final @Nullable Duration timeout;
    /** Watches over the driver's own statements. */
    final AnswerWatch answers;

    final Duration validationTimeout;
    private final @Nullable SessionObserver observer;
    private final Connector connector;
    private final DataRow row = new DataRow();
    private final WarmStates states = new WarmStates(row);

    private final AtomicReference<@Nullable Transaction> transaction = new AtomicReference<>();
    private final ReportedStatus reported = new ReportedStatus();
    private volatile @Nullable BackendKeyData keyData;
    private volatile @Nullable Wire wire;
    /** Confined to the event loop: set during startup at the latest. */
    private boolean simpleOnly;

    private final @Nullable String database;
    private final SessionReset reset;
    private @Nullable SessionUser user;
    /** The observer knows of the connection. */
    private boolean connectTold;
    /** Of requests that are part of whatever is open when their turn comes. */
    private final RequestScope scope;

    Session(SessionFactory factory) {
        PgOptions options = factory.options();
        this.connector = factory.connector();
        this.database = options.get(PgOption.DATABASE);
        this.codecs =
                new SessionCodecs(factory.codecs(), options.require(PgOption.STRING_TYPE), serverParameters.values());
        this.spoolBudget = factory.newSpoolBudget();
        this.fetchSize = options.require(PgOption.FETCH_SIZE);
        this.pipelineBytes = options.require(PgOption.PIPELINE_BYTES);
        this.timeout = options.get(PgOption.STATEMENT_TIMEOUT);
        this.answers =
                new AnswerWatch(this::schedule, timeout == null ? options.require(PgOption.CONTROL_TIMEOUT) : timeout);
        this.validationTimeout = options.require(PgOption.VALIDATION_TIMEOUT);
        this.observer = factory.newObserver();
        this.reset = new SessionReset(options.require(PgOption.SESSION_RESET), factory.abilities(), serverParameters);
        this.simpleOnly = options.require(PgOption.QUERY_MODE) == PgQueryMode.SIMPLE;
        this.statements = new StatementCache(
                options.require(PgOption.STATEMENT_CACHE_SIZE),
                options.require(PgOption.PREPARE_THRESHOLD),
                factory.hints());
        this.scope = new RequestScope(this, null, null, timeout);
    }

    /** Learns the wire; called once, before the session is handed out. */
    void onConnected(Wire connected) {
        wire = connected;
    }

    /** Learns that the server knows nothing but the simple query protocol; called before the session is handed out. */
    void onSimpleOnly() {
        simpleOnly = true;
    }

    /** Learns what startup told; called once, before the session is handed out. */
    void onStarted(@Nullable BackendKeyData key) {
        keyData = key;
        serverParameters.onStarted();
    }

    /** Takes note that the attempt to connect has ended. */
    void onConnectEnd(Duration duration, @Nullable Throwable error) {
        if (error == null) {
            connectTold = true;
            LOG.debug("process {}: connected to {} after {}", processId(), connector.target(), duration);
        } else {
            LOG.debug("no connection to {} after {}: {}", connector.target(), duration, error.toString());
        }
        if (observer != null) {
            observer.onConnect(connector.target(), error == null ? processId() : 0, duration, error);
        }
    }

    /** Returns the wire, which knows what is in front of a request and what waits behind it. */
    Wire wire() {
        Wire connected = wire;
        if (connected == null) {
            throw new IllegalStateException("the session has no connection yet");
        }
        return connected;
    }

    // ---- for its connections, by any thread

    /** Returns a query that is part of a transaction, or of whatever is open when its turn comes. */
    PgQuery query(String sql, @Nullable Transaction partOf) {
        return new Query(scope(partOf), sql, fetchSize);
    }

    /** Returns a batch that is part of a transaction, or of whatever is open when its turn comes. */
    PgBatch batch(@Nullable Transaction partOf, String... sqls) {
        return MemoryBatch.ofStatements(scope(partOf), sqls);
    }

    private RequestScope scope(@Nullable Transaction partOf) {
        return partOf == null ? scope : new RequestScope(this, partOf, null, timeout);
    }

    Flux<PgNotice> notices() {
        return notices.asFlux();
    }

    Map<String, String> serverParameters() {
        return serverParameters.values();
    }

    PgTransactionStatus transactionStatus() {
        return reported.status();
    }

    int processId() {
        BackendKeyData key = keyData;
        return key == null ? 0 : key.processId();
    }

    boolean isHealthy() {
        return wire().isActive();
    }

    /** Cancels on the server what it executes now. */
    Mono<Void> cancel() {
        return Mono.create(sink -> wire().execute(() -> wire().cancelHead(sink::success)));
    }

    /** Ends the session and completes when it has ended. */
    Mono<Void> close() {
        return Mono.create(sink -> {
            wire().onClosed(sink::success);
            wire().close();
        });
    }

    // ---- for a client that lends it, on the event loop

    void follow(SessionUser follower) {
        user = follower;
    }

    /** Its user has it alone because he asked for that, and may do with it what he likes. By any thread. */
    void onExclusiveUse() {
        execute(() -> reset.mark(Residue.STATE));
    }

    /** Returns what is known of what may be left behind. */
    SessionReset reset() {
        return reset;
    }

    // ---- for requests

    /**
     * Hands a new request its subscription and queues it.
     *
     * @param waited how many nanoseconds ago it was subscribed to
     */
    void start(Request<?> request, @Nullable Transaction transaction, @Nullable Duration queryTimeout, long waited) {
        if (transaction != null) {
            request.join(transaction);
        }
        if (queryTimeout == null && observer == null) {
            request.subscriber.onSubscribe(request);
        } else {
            Deadline deadline = queryTimeout == null ? null : new Deadline(queryTimeout, waited);
            Execution execution = observer == null ? null : request.newExecution(observer, waited);
            request.subscriber.onSubscribe(request);
            wire().execute(() -> request.watch(deadline, execution));
        }
        if (transaction != null && transaction.mayBegin() && !request.mayCarryBegin()) {
            transaction.beginAhead();
        }
        wire().submit(request);
    }

    /** Returns the execution of a statement of the driver's own, under the deadline of all statements. */
    Mono<Void> control(Command command, ControlRequest.Statement statement) {
        return ControlRequest.execution(this, command, statement, timeout);
    }

    /** The transaction that {@link SessionConnection#inTransaction} runs, null if none. */
    AtomicReference<@Nullable Transaction> transaction() {
        return transaction;
    }

    SessionIsolation isolation() {
        return reported.isolation();
    }

    boolean isInTransaction() {
        return reported.status() == PgTransactionStatus.IN_TRANSACTION;
    }

    boolean isIdle() {
        return reported.isIdle();
    }

    /** Queues a part of a request. */
    void submit(Exchange exchange) {
        wire().submit(exchange);
    }

    Future<?> schedule(Runnable action, long delay) {
        return wire().schedule(action, delay);
    }

    boolean inEventLoop() {
        return wire().inEventLoop();
    }

    /** Runs an action on the event loop; false if that was shut down. */
    boolean execute(Runnable action) {
        return wire().execute(action);
    }

    ParkedResults parked() {
        return parked;
    }

    /** Whether another row may be kept. What nobody may ever ask for has to give way. */
    boolean hasSpoolRoom() {
        if (spoolBudget.isExhausted()) {
            parked.dropAll("the memory is needed for others (" + spoolBudget.bound() + ")");
        }
        return !spoolBudget.isExhausted();
    }

    SpoolBudget spoolBudget() {
        return spoolBudget;
    }

    SessionCodecs codecs() {
        return codecs;
    }

    StatementCache statements() {
        return statements;
    }

    DataRow row() {
        return row;
    }

    /** Returns the states of executions of prepared statements. */
    WarmStates states() {
        return states;
    }

    /** What is prepared may stand for something else: behind a definition, and again behind its rollback. */
    void onDefinition() {
        statements.evictAll();
        reported.onDefinition();
    }

    void onReady(TransactionStatus status) {
        if (reported.onReady(status)) {
            statements.evictAll();
        }
        if (user != null) {
            user.onReady();
        }
    }

    /** As {@link ReportedStatus#idleReports}. */
    long idleReports() {
        return reported.idleReports();
    }

    /** Whether only the simple query protocol is spoken. */
    boolean isSimpleOnly() {
        return simpleOnly;
    }

    /** As {@link ServerParameters#requireStandardStrings}. */
    void requireStandardStrings() {
        serverParameters.requireStandardStrings();
    }

    /** As {@link ServerParameters#hasStandardStrings}. */
    boolean hasStandardStrings() {
        return serverParameters.hasStandardStrings();
    }

    /** Returns how many bytes may be written ahead of the answers to them. */
    int pipelineBytes() {
        return pipelineBytes;
    }

    /** Forgets the prepared statements where the tag says that the server dropped them all. */
    void onCommandComplete(CommandTag tag, boolean returnedRows) {
        reset.onCommandComplete(tag, returnedRows);
        switch (tag.command()) {
            case "DISCARD ALL", "DISCARD", "DEALLOCATE ALL" -> statements.clear();
            default -> {}
        }
    }

    // ---- for the wire

    @Override
    public String peer() {
        String of = database == null ? "" : ", database " + database;
        return " (" + connector.target() + of + (processId() == 0 ? ")" : ", process " + processId() + ")");
    }

    @Override
    public void onNotice(ErrorFields notice) {
        if (NOTICE_LOG.isDebugEnabled()) {
            NOTICE_LOG.debug("process {}: {}", processId(), notice);
        }
        if (notices.currentSubscriberCount() > 0) {
            notices.tryEmitNext(new PgNotice(Failures.publicFields(notice)));
        }
    }

    @Override
    public void onParameterStatus(String name, String value) {
        boolean changed = serverParameters.report(name, value);
        codecs.onServerParameter();
        if (changed) {
            reset.onParameterChange(name);
        }
        if (!ServerParameters.isServed(name, value)) {
            wire().fail(new PgConnectionException(
                    "client_encoding was changed to " + value + "; the driver needs UTF8 and closes the connection",
                    false,
                    null,
                    null));
        }
    }

    @Override
    public void onNotification(int processId, String channel, String payload) {
        LOG.debug("notification of channel {} from process {}", channel, processId);
    }

    @Override
    public boolean cancel(Runnable closed) {
        BackendKeyData key = keyData;
        if (key == null) {
            return false;
        }
        LOG.debug("cancelling what process {} executes", key.processId());
        connector.cancel(wire(), key).doFinally(ended -> closed.run()).subscribe();
        return true;
    }

    @Override
    public void onEnd(PgException reason) {
        LOG.debug("process {}: connection ended: {}", processId(), reason.getMessage());
        if (observer != null && connectTold) {
            observer.onDisconnect(connector.target(), processId(), reason);
        }
        answers.stop();
        parked.dropAll("the connection has ended");
        notices.tryEmitComplete();
        if (user != null) {
            user.onEnd(reason);
        }
    }
}
