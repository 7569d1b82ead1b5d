package io.fluxgres.internal.net;

import io.fluxgres.PgException;
import io.fluxgres.internal.protocol.BackendMessage;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Signal;
import io.fluxgres.internal.protocol.TransactionStatus;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request that sends Query, takes every message, waits in front of a DataRow while it is told to, and ends with
 * ReadyForQuery. It notes what happens to it, and runs the test's own code when it does.
 */
final class ScriptedExchange implements Exchange, BackendState {

    private final String name;
    private final List<String> events;

    private Consumer<FrontendWriter> writing = out -> out.query("select 1");
    private Runnable onMessage = () -> {};
    private Runnable onReady = () -> {};
    private Runnable onFailure = () -> {};
    private boolean takesFatalErrors;
    private byte awaitAt;
    boolean withdrawn;
    boolean incidental;
    boolean awaitsAnswers;
    boolean cancellable;
    boolean abandoned;
    boolean hasDemand = true;

    @Nullable PgException reason;

    ScriptedExchange(String name, List<String> events) {
        this.name = name;
        this.events = events;
    }

    ScriptedExchange writing(Consumer<FrontendWriter> action) {
        writing = action;
        return this;
    }

    ScriptedExchange onEachMessage(Runnable action) {
        onMessage = action;
        return this;
    }

    ScriptedExchange onReady(Runnable action) {
        onReady = action;
        return this;
    }

    ScriptedExchange onFailure(Runnable action) {
        onFailure = action;
        return this;
    }

    ScriptedExchange withoutDemand() {
        hasDemand = false;
        return this;
    }

    ScriptedExchange takingFatalErrors() {
        takesFatalErrors = true;
        return this;
    }

    ScriptedExchange awaitingAt(byte messageType) {
        awaitAt = messageType;
        return this;
    }

    @Override
    public boolean isWithdrawn() {
        return withdrawn;
    }

    @Override
    public boolean isIncidental() {
        return incidental;
    }

    @Override
    public boolean awaitsAnswers() {
        return awaitsAnswers;
    }

    @Override
    public boolean isCancellable() {
        return cancellable;
    }

    @Override
    public boolean isAbandoned() {
        return abandoned;
    }

    @Override
    public boolean takesFatalErrors() {
        return takesFatalErrors;
    }

    @Override
    public BackendState write(FrontendWriter out) {
        writing.accept(out);
        events.add(name + " written");
        return this;
    }

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        if (in.type() == BackendMessage.DATA_ROW && !hasDemand) {
            events.add(name + " paused");
            return Signal.PAUSE;
        }
        in.skipBody();
        events.add(name + " " + BackendMessage.name(in.type()));
        onMessage.run();
        if (in.type() == BackendMessage.READY_FOR_QUERY) {
            return Signal.DONE;
        }
        return in.type() == awaitAt ? Signal.AWAIT : Signal.CONTINUE;
    }

    @Override
    public TransactionStatus transactionStatus() {
        return TransactionStatus.IDLE;
    }

    @Override
    public void onAwait() {
        events.add(name + " awaits");
    }

    @Override
    public void onReady(TransactionStatus status) {
        events.add(name + " ready");
        onReady.run();
    }

    @Override
    public void onFailure(PgException failure, boolean written) {
        reason = failure;
        events.add(name + (written ? " failed, written" : " failed, not written"));
        onFailure.run();
    }
}
