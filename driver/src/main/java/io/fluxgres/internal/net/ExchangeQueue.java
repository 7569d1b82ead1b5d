package io.fluxgres.internal.net;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgErrorFields;
import io.fluxgres.PgException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.net.ExchangesInFlight.Flight;
import io.fluxgres.internal.protocol.BackendMessage;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.InvalidRequest;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.ProtocolViolation;
import io.fluxgres.internal.protocol.Signal;
import io.fluxgres.internal.protocol.TransactionStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exchanges of a connection, in the order of their submission, and the ledger: which are in flight, which are to be
 * written, and whose each message is.
 *
 * <p>Requests are written ahead of the answers to earlier ones, each with its own Sync, so that an error fails only its
 * own. Nothing is written
 *
 * <ul>
 *   <li>beyond the {@link PipelineLimits};
 *   <li>behind a barrier, or behind a request of which a part is still to be written;
 *   <li>that awaits the answers to all in front of it;
 *   <li>behind a result that is stalled or abandoned: it is cheaper to wait for its end, and what was not written can still
 *       be failed as not executed;
 *   <li>while a CancelRequest is on its way, which would hit whatever runs when it arrives.
 * </ul>
 *
 * <p>Messages that may come at any time are handled here, in front of the states: NoticeResponse, ParameterStatus,
 * NotificationResponse, and errors behind which the server ends the session.
 *
 * <p>Confined to the event loop.
 */
@SuppressWarnings("ReferenceEquality") // which exchange it is counts, not what it is like
final class ExchangeQueue {

    private static final String SIMPLE_ONLY =
            ", once more for the same request; if it knows the simple query protocol only, queryMode=auto finds that out";

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    private final WireListener listener;
    private final Ledger ledger;
    private final PipelineLimits limits;
    private final Deque<Exchange> unsent = new ArrayDeque<>();
    private final ExchangesInFlight sent = new ExchangesInFlight();

    private int unsentRollbacks;
    private TransactionStatus status = TransactionStatus.IDLE;

    ExchangeQueue(WireListener listener, Ledger ledger, PipelineLimits limits) {
        this.listener = listener;
        this.ledger = ledger;
        this.limits = limits;
    }

    void add(Exchange exchange) {
        unsent.add(exchange);
        if (exchange.isRollback()) {
            unsentRollbacks++;
        }
    }

    /** Puts an exchange in front of all that are not written. */
    void addFirst(Exchange exchange) {
        unsent.addFirst(exchange);
    }

    /**
     * Whether a request that has just ended without effect may be executed again, now behind those that are in flight: not
     * in a transaction, not behind one that may change the session, and behind others only if it reads.
     */
    boolean mayRepeat(boolean onlyReads) {
        return status == TransactionStatus.IDLE && (onlyReads || sent.isEmpty()) && !isSessionChanging();
    }

    /** Whether something in flight may change the session. */
    boolean isSessionChanging() {
        return sent.isSessionChanging();
    }

    /** Whether the transaction is aborted and nothing is in flight that knows of that. */
    boolean mayRestore() {
        return status == TransactionStatus.FAILED && sent.isEmpty();
    }

    /** Returns the oldest exchange that is not answered, or null. */
    @Nullable Exchange head() {
        return sent.head();
    }

    /** Whether another request was written behind the head. */
    boolean isWrittenBehindHead() {
        return sent.isAnyBehindHead();
    }

    /** Whether somebody waits for a request that was written behind the head. */
    boolean isWantedBehindHead() {
        return sent.isWantedBehindHead();
    }

    /** Whether another request than the head waits to be written. */
    boolean isAnyUnsent() {
        Exchange head = head();
        for (Exchange next : unsent) {
            if (next != head && !next.isWithdrawn()) {
                return true;
            }
        }
        return false;
    }

    /** Returns how many exchanges have not ended. */
    int size() {
        return sent.size() + unsent.size();
    }

    boolean isHeadStalled() {
        Exchange head = head();
        return head != null && head.isStalled();
    }

    boolean isHeadAbandoned() {
        Exchange head = head();
        return head != null && head.isAbandoned();
    }

    /** Whether a rollback waits to be written. */
    boolean isRollbackUnsent() {
        return unsentRollbacks > 0;
    }

    /** Returns the transaction status of the latest ReadyForQuery. */
    TransactionStatus status() {
        return status;
    }

    private @Nullable Exchange nextUnsent() {
        Exchange next = unsent.peekFirst();
        while (next != null && next.isWithdrawn()) {
            unsent.pollFirst();
            next = unsent.peekFirst();
        }
        return next;
    }

    /** Writes the next part of a request that is written in parts; it is the last in flight then. */
    void writeMore(FrontendWriter writer) {
        Flight last = sent.last();
        if (last == null || !last.exchange().hasMoreToWrite()) {
            return;
        }
        int start = writer.size();
        last.exchange().writeMore(writer);
        sent.onWritten(last, writer.size() - start, ledger.due());
    }

    /** Writes the next exchange, and returns false if there is none that may be written now. */
    boolean writeNext(FrontendWriter writer) {
        Exchange next = nextUnsent();
        if (next == null || !mayWrite(next)) {
            return false;
        }
        write(removeUnsent(), writer);
        return true;
    }

    private Exchange removeUnsent() {
        Exchange next = unsent.removeFirst();
        if (next.isRollback()) {
            unsentRollbacks--;
        }
        return next;
    }

    private boolean mayWrite(Exchange next) {
        Exchange head = sent.head();
        Flight last = sent.last();
        if (head == null || last == null) {
            return true;
        }
        return !(next.awaitsAnswers() && sent.isAnyAwaited())
                && sent.size() < limits.depth()
                && sent.bytes() < limits.bytes()
                && !last.exchange().isBarrier()
                && !last.exchange().hasMoreToWrite()
                && (!head.isStalled() || head == next)
                && !head.isAbandoned();
    }

    private void write(Exchange next, FrontendWriter writer) {
        int start = writer.size();
        long owed = writer.owed();
        BackendState state;
        try {
            state = next.write(writer);
        } catch (RuntimeException failure) {
            writer.rewind(start, owed);
            next.onFailure(refusal(failure), false);
            return;
        }
        if (state == null) {
            next.onReady(status);
            return;
        }
        sent.add(next, state, writer.size() - start, ledger.due());
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
        Flight flight = sent.first();
        Exchange head = flight == null ? null : flight.exchange();
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
            case BackendMessage.ERROR_RESPONSE -> requireSessionGoesOn(in, head);
            case BackendMessage.READY_FOR_QUERY -> ledger.received();
            default -> {}
        }
        if (flight == null) {
            throw new ProtocolViolation(
                    "the server sent " + BackendMessage.name(in.type()) + " while no request was waiting for it");
        }
        return flight.state().onMessage(in, out);
    }

    /** Peeks at an error: one of severity FATAL or PANIC, or one that answers no request, ends the session. */
    private void requireSessionGoesOn(BackendReader in, @Nullable Exchange head) {
        if (head != null && head.takesFatalErrors()) {
            return;
        }
        ErrorFields error = ErrorFields.read(in);
        if (head == null || error.isFatal()) {
            throw new PgConnectionException(
                    "the server ended the session: " + error + (isOfUnknownMessage(error) ? SIMPLE_ONLY : "")
                            + listener.peer(),
                    false,
                    new PgErrorFields(error.asMap()),
                    null);
        }
        in.restart();
    }

    /** A server without the extended query protocol refuses each message of a request by itself. */
    private static boolean isOfUnknownMessage(ErrorFields error) {
        return error.sqlState().equals("0A000") && !error.isFatal();
    }

    /** The state of the head answered AWAIT. */
    void onAwait() {
        requireHead().exchange().onAwait();
    }

    /** The state of the head answered DONE. */
    void onDone() {
        Flight done = requireHead();
        ledger.requireBalance(done.due());
        status = done.state().transactionStatus();
        sent.removeFirst().onReady(status);
    }

    private Flight requireHead() {
        Flight head = sent.first();
        if (head == null) {
            throw new IllegalStateException("no exchange is in flight");
        }
        return head;
    }

    /** Fails every exchange that is not written, but for the head; those submitted in answer to that stay. */
    void failUnsent(PgException reason) {
        Exchange head = head();
        for (int i = unsent.size(); i > 0; i--) {
            Exchange next = removeUnsent();
            if (next == head) {
                unsent.addLast(next);
            } else if (!next.isWithdrawn()) {
                tell(next, reason, false);
            }
        }
    }

    /** Tells every exchange that the connection has ended. */
    void fail(PgException reason) {
        while (!sent.isEmpty()) {
            tell(sent.removeFirst(), reason, true);
        }
        failUnsent(reason);
    }

    /** An exchange whose subscriber throws must not keep the others from learning the end. */
    private static void tell(Exchange exchange, PgException reason, boolean written) {
        try {
            exchange.onFailure(reason, written);
        } catch (RuntimeException e) {
            LOG.warn("a subscriber threw when it was told that its request failed", e);
        }
    }
}
