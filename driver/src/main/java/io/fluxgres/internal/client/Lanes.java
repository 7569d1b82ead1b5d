package io.fluxgres.internal.client;

import io.fluxgres.PgException;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.internal.client.Lane.State;
import io.fluxgres.internal.connect.SessionFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The lanes of a client, and which of them a statement goes to. May be used by any thread. */
final class Lanes {

    private final List<Lane> lanes = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    Lanes(SessionFactory factory, ExclusivePool pool, WaitingRoom room) {
        PgOptions options = factory.options();
        List<EventExecutor> loops = SessionFactory.loops();
        Integer wanted = options.get(PgOption.SHARED_CONNECTIONS);
        int size = wanted == null ? loops.size() : wanted;
        Paces paces = new Paces();
        for (int i = 0; i < size; i++) {
            lanes.add(new Lane(
                    loops.get(i % loops.size()),
                    factory,
                    pool,
                    paces,
                    room,
                    options.require(PgOption.PIPELINE_DEPTH),
                    this::offer));
        }
    }

    /** Returns the lane for the next statement: the caller's, an open one, a new one, or whose turn it is. */
    Lane next() {
        Lane own = own();
        if (own != null) {
            return own;
        }
        int first = Math.floorMod(turn.getAndIncrement(), lanes.size());
        Lane lane = lanes.get(first);
        if (lane.state() == State.OPEN) {
            return lane;
        }
        Lane open = find(State.OPEN, first);
        if (open == null) {
            Lane unconnected = find(State.UNCONNECTED, first);
            return unconnected == null ? lane : unconnected;
        }
        if (lane.state() == State.UNCONNECTED) {
            lane.connect();
        }
        return open;
    }

    /** Returns the lane of the caller's event loop, if it has one that is open or is to be connected. */
    private @Nullable Lane own() {
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get(i);
            if (lane.inEventLoop() && (lane.state() == State.OPEN || lane.state() == State.UNCONNECTED)) {
                return lane;
            }
        }
        return null;
    }

    private @Nullable Lane find(State state, int first) {
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get((first + i) % lanes.size());
            if (lane.state() == state) {
                return lane;
            }
        }
        return null;
    }

    /** Sends a statement that would have to wait in its lane to an open one; false if there is none. */
    private boolean offer(Lane from, ClientStatement<?> statement) {
        Lane open = find(State.OPEN, lanes.indexOf(from) + 1);
        return open != null && open != from && statement.reroute(open);
    }

    /** Returns how many shared connections there are. */
    int connected() {
        int connected = 0;
        for (Lane lane : lanes) {
            if (lane.state() == State.OPEN || lane.state() == State.BUSY) {
                connected++;
            }
        }
        return connected;
    }

    /** Returns how many statements are in flight on them. */
    int inFlight() {
        return lanes.stream().mapToInt(Lane::inFlight).sum();
    }

    /** Takes no statement any more, and completes when those that have come have ended. */
    Mono<Void> close() {
        return Mono.whenDelayError(lanes.stream().map(Lane::close).toList());
    }

    /** Ends everything now. */
    void abandon(PgException reason) {
        lanes.forEach(lane -> lane.abandon(reason));
    }
}
