package io.fluxgres.internal.session;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgTransactionStatus;
import io.fluxgres.internal.net.Wire;
import io.fluxgres.internal.net.WireListener;
import io.fluxgres.internal.protocol.BackendKeyData;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.TransactionStatus;
import io.fluxgres.internal.row.SpoolBudget;
import io.fluxgres.internal.statement.Residue;
import io.fluxgres.internal.statement.SessionCodecs;
import io.fluxgres.internal.statement.StatementCache;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * One session of a server: what the driver knows of it, and what those who use it share.
 *
 * <p>It makes nothing and executes nothing. Confined to the event loop, but for what says otherwise.
 */
public final class Session implements WireListener {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    private final SessionSettings settings;
    private final SessionPeer peer;
    private final ServerFacts server;
    private final SessionCodecs codecs;
    private final StatementCache statements;
    private final WarmStates states = new WarmStates(new DataRow());
    private final ParkedResults parked;
    private final AnswerWatch answers;
    private final SessionReset reset;
    private volatile @Nullable Wire wire;
    private @Nullable SessionUser user;

    public Session(
            SessionSettings settings,
            SessionPeer peer,
            ServerFacts server,
            SessionCodecs codecs,
            StatementCache statements,
            SpoolBudget spoolBudget,
            ServerAbilities abilities) {
        this.settings = settings;
        this.peer = peer;
        this.server = server;
        this.codecs = codecs;
        this.statements = statements;
        this.parked = new ParkedResults(spoolBudget);
        this.answers = new AnswerWatch((action, delay) -> wire().schedule(action, delay), settings.controlTimeout());
        this.reset = new SessionReset(settings.reset(), abilities, server.parameters());
    }

    // ---- what is known of it

    /** Returns what the options say. May be asked by any thread. */
    public SessionSettings settings() {
        return settings;
    }

    /** Returns who observes it, null if nobody does. */
    public @Nullable SessionObserver observer() {
        return peer.observer();
    }

    /** Returns what the server has told. */
    public ServerFacts server() {
        return server;
    }

    /** Returns what is known of isolation levels. */
    public SessionIsolation isolation() {
        return server.status().isolation();
    }

    /** Whether no transaction is open. May be asked by any thread. */
    public boolean isIdle() {
        return server.status().isIdle();
    }

    public boolean isInTransaction() {
        return server.status().status() == PgTransactionStatus.IN_TRANSACTION;
    }

    /** Whether only the simple query protocol is spoken. */
    public boolean isSimpleOnly() {
        return server.isSimpleOnly();
    }

    /** Returns the codecs that its values are written and read with. */
    public SessionCodecs codecs() {
        return codecs;
    }

    /** Returns what is known of SQL texts. */
    public StatementCache statements() {
        return statements;
    }

    /** Returns what is known of what may be left behind for the next user. */
    public SessionReset reset() {
        return reset;
    }

    // ---- what is shared

    /** Returns the wire, which knows what is in front of a request and what waits behind it. May be asked by any thread. */
    public Wire wire() {
        Wire connected = wire;
        if (connected == null) {
            throw new IllegalStateException("the session has no connection yet");
        }
        return connected;
    }

    /** Returns what watches over the statements of the driver's own. */
    public AnswerWatch answers() {
        return answers;
    }

    /** Returns the results that nobody reads yet, and the memory for them. */
    public ParkedResults parked() {
        return parked;
    }

    /** Returns the states of executions of prepared statements. */
    public WarmStates states() {
        return states;
    }

    /** Returns the flyweight of the rows that arrive. */
    public DataRow row() {
        return states.row();
    }

    // ---- its life

    /** Learns the wire; called once, before the session is handed out. */
    public void onConnected(Wire connected) {
        wire = connected;
    }

    /** The attempt to connect has ended. */
    public void onConnectEnd(Duration duration, @Nullable Throwable error) {
        peer.onConnectEnd(server.processId(), duration, error);
    }

    /** Tells somebody from now on what happens. */
    public void follow(SessionUser follower) {
        user = follower;
    }

    /** Its user has it alone because he asked for that, and may do with it what he likes. By any thread. */
    public void onExclusiveUse() {
        wire().execute(() -> reset.mark(Residue.STATE));
    }

    /** Cancels on the server what it executes now. By any thread. */
    public Mono<Void> cancel() {
        return Mono.create(sink -> wire().execute(() -> wire().cancelHead(sink::success)));
    }

    /** Ends the session and completes when it has ended. By any thread. */
    public Mono<Void> close() {
        return Mono.create(sink -> {
            wire().onClosed(sink::success);
            wire().close();
        });
    }

    // ---- what its statements do to it

    /** What is prepared may stand for something else: behind a definition, and again behind its rollback. */
    public void onDefinition() {
        statements.evictAll();
        server.status().onDefinition();
    }

    /** Forgets the prepared statements where the tag says that the server dropped them all. */
    public void onCommandComplete(CommandTag tag, boolean returnedRows) {
        reset.onCommandComplete(tag, returnedRows);
        switch (tag.command()) {
            case "DISCARD ALL", "DISCARD", "DEALLOCATE ALL" -> statements.clear();
            default -> {}
        }
    }

    public void onReady(TransactionStatus status) {
        if (server.status().onReady(status)) {
            statements.evictAll();
        }
        if (user != null) {
            user.onReady();
        }
    }

    // ---- for the wire

    @Override
    public String peer() {
        return peer.describe(server.processId());
    }

    @Override
    public void onNotice(ErrorFields notice) {
        server.onNotice(notice);
    }

    @Override
    public void onParameterStatus(String name, String value) {
        boolean changed = server.parameters().report(name, value);
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
        BackendKeyData key = server.keyData();
        if (key == null) {
            return false;
        }
        peer.cancel(wire(), key, closed);
        return true;
    }

    @Override
    public void onEnd(PgException reason) {
        peer.onEnd(server.processId(), reason);
        answers.stop();
        parked.dropAll("the connection has ended");
        server.onEnd();
        if (user != null) {
            user.onEnd(reason);
        }
    }
}
