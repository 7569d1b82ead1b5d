package io.fluxgres.internal.net;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgErrorFields;
import io.fluxgres.PgException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.BackendMessage;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.InvalidRequest;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.ProtocolViolation;
import io.fluxgres.internal.protocol.Signal;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of a connection, in the order of their submission, and the ledger: which is in progress, which are to be
 * written, and whose each message is.
 *
 * <p>Messages that may come at any time are handled here, in front of the states: NoticeResponse, ParameterStatus,
 * NotificationResponse, and errors behind which the server ends the session.
 *
 * <p>Confined to the event loop.
 */
final class ExchangeQueue {

    private final WireListener listener;
    private final Ledger ledger;
    private final Queue<Exchange> unsent = new ArrayDeque<>();

    /** The exchange that was written and whose conversation has not ended. */
    private @Nullable Exchange head;

    private @Nullable BackendState headState;

    ExchangeQueue(WireListener listener, Ledger ledger) {
        this.listener = listener;
        this.ledger = ledger;
    }

    void add(Exchange exchange) {
        unsent.add(exchange);
    }

    /** Writes what may be written: the next exchange, if none is in progress. */
    void write(FrontendWriter writer) {
        while (head == null) {
            Exchange next = unsent.poll();
            if (next == null) {
                return;
            }
            if (!next.isWithdrawn()) {
                write(next, writer);
            }
        }
    }

    private void write(Exchange next, FrontendWriter writer) {
        FrontendWriter.Mark mark = writer.mark();
        try {
            headState = next.write(writer);
            head = next;
        } catch (RuntimeException failure) {
            writer.rewind(mark);
            next.onFailure(refusal(failure), false);
        }
    }

    private static PgException refusal(RuntimeException failure) {
        if (failure instanceof PgException reported) {
            return reported;
        }
        String reason = failure instanceof InvalidRequest invalid
                ? String.valueOf(invalid.getMessage())
                : "the request could not be written: " + failure.getClass().getName();
        return new PgUsageException(reason, failure);
    }

    /**
     * Routes the framed message.
     *
     * @throws PgConnectionException if it is an error behind which the server ends the session
     */
    Signal route(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.NOTICE_RESPONSE -> {
                ErrorFields notice = ErrorFields.read(in);
                if (head != null) {
                    head.onNotice(notice);
                }
                listener.onNotice(notice);
                return Signal.CONTINUE;
            }
            case BackendMessage.PARAMETER_STATUS -> {
                listener.onParameterStatus(in.readCString(), in.readCString());
                return Signal.CONTINUE;
            }
            case BackendMessage.NOTIFICATION_RESPONSE -> {
                listener.onNotification(in.readInt(), in.readCString(), in.readCString());
                return Signal.CONTINUE;
            }
            case BackendMessage.ERROR_RESPONSE -> requireSessionGoesOn(in);
            case BackendMessage.READY_FOR_QUERY -> ledger.received();
            default -> {}
        }
        BackendState state = headState;
        if (state == null) {
            throw new ProtocolViolation(
                    "the server sent " + BackendMessage.name(in.type()) + " while no request was waiting for it");
        }
        return state.onMessage(in, out);
    }

    /** Peeks at an error: one of severity FATAL or PANIC, or one that answers no request, ends the session. */
    private void requireSessionGoesOn(BackendReader in) {
        if (head != null && head.takesFatalErrors()) {
            return;
        }
        ErrorFields error = ErrorFields.read(in);
        if (head == null || error.isFatal()) {
            throw new PgConnectionException(
                    "the server ended the session: " + error, false, new PgErrorFields(error.asMap()), null);
        }
        in.restart();
    }

    /** The state of the exchange in progress answered AWAIT. */
    void onAwait() {
        requireHead().onAwait();
    }

    /** The state of the exchange in progress answered DONE. */
    void onDone() {
        Exchange done = requireHead();
        BackendState state = headState;
        head = null;
        headState = null;
        if (state == null || ledger.owed() != 0) {
            throw new ProtocolViolation(
                    "the server owes " + ledger.owed() + " ReadyForQuery behind a finished request");
        }
        done.onReady(state.transactionStatus());
    }

    private Exchange requireHead() {
        if (head == null) {
            throw new IllegalStateException("no exchange is in progress");
        }
        return head;
    }

    /** Tells every exchange that the connection has ended. */
    void fail(PgException reason) {
        Exchange inProgress = head;
        head = null;
        headState = null;
        if (inProgress != null) {
            inProgress.onFailure(reason, true);
        }
        for (Exchange next = unsent.poll(); next != null; next = unsent.poll()) {
            if (!next.isWithdrawn()) {
                next.onFailure(reason, false);
            }
        }
    }
}
