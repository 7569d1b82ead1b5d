package io.fluxgres.internal.net;

import io.fluxgres.internal.protocol.BackendState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The exchanges that were written and whose conversations have not ended, oldest first. Confined to the event loop. */
@SuppressWarnings("ReferenceEquality") // which exchange it is counts, not what it is like
final class ExchangesInFlight {

    private final Deque<Flight> flights = new ArrayDeque<>();
    /** Those that have ended, to be used again: at most as many as were in flight at once (QueryAllocationIT). */
    private final Deque<Flight> spare = new ArrayDeque<>();

    private long bytes;
    /** How many may change the session. */
    private int changing;

    /** One of them. */
    static final class Flight {

        private @Nullable Exchange exchange;
        /** Consumes its answers. */
        private @Nullable BackendState state;
        /** The length of the request. */
        private long bytes;
        /** What the ledger has received when the conversation ends. */
        private long due;
        /** It was written so that it may change the session. */
        private boolean changesSession;

        Exchange exchange() {
            return Objects.requireNonNull(exchange);
        }

        BackendState state() {
            return Objects.requireNonNull(state);
        }

        long due() {
            return due;
        }
    }

    boolean isEmpty() {
        return flights.isEmpty();
    }

    int size() {
        return flights.size();
    }

    /** Returns the length of all requests together. */
    long bytes() {
        return bytes;
    }

    /** Whether one of them may change the session. */
    boolean isSessionChanging() {
        return changing > 0;
    }

    /** Returns the oldest, null if there is none. */
    @Nullable Flight first() {
        return flights.peekFirst();
    }

    /** Returns the latest, null if there is none. */
    @Nullable Flight last() {
        return flights.peekLast();
    }

    /** Returns the oldest exchange, null if there is none. */
    @Nullable Exchange head() {
        Flight first = first();
        return first == null ? null : first.exchange();
    }

    /** Whether another exchange was written behind the head. */
    boolean isAnyBehindHead() {
        Exchange head = head();
        return any(next -> next != head);
    }

    /** Whether somebody waits for an exchange that was written behind the head. */
    boolean isWantedBehindHead() {
        Exchange head = head();
        return any(next -> next != head && !next.isAbandoned() && !next.isIncidental());
    }

    /** Whether the answer to one of them is of concern to who awaits answers. */
    boolean isAnyAwaited() {
        return any(next -> !next.isIncidental());
    }

    private boolean any(Predicate<Exchange> wanted) {
        for (Flight flight : flights) {
            if (wanted.test(flight.exchange())) {
                return true;
            }
        }
        return false;
    }

    /**
     * An exchange was written.
     *
     * @param length how many bytes it has
     * @param due what the ledger has received when its conversation ends
     */
    void add(Exchange exchange, BackendState state, int length, long due) {
        Flight flight = spare.isEmpty() ? new Flight() : spare.removeLast();
        flight.exchange = exchange;
        flight.state = state;
        flight.bytes = 0;
        flight.changesSession = false;
        flights.add(flight);
        onWritten(flight, length, due);
    }

    /** More of an exchange was written. */
    void onWritten(Flight flight, int length, long due) {
        flight.bytes += length;
        flight.due = due;
        bytes += length;
        if (!flight.changesSession && flight.exchange().changesSession()) {
            flight.changesSession = true;
            changing++;
        }
    }

    /** Removes the oldest, whose conversation has ended, and returns its exchange. */
    Exchange removeFirst() {
        Flight done = flights.removeFirst();
        bytes -= done.bytes;
        changing -= done.changesSession ? 1 : 0;
        Exchange exchange = done.exchange();
        done.exchange = null;
        done.state = null;
        spare.addLast(done);
        return exchange;
    }
}
