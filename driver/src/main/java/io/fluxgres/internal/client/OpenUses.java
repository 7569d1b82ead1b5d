package io.fluxgres.internal.client;

import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Counts what goes on and is to end before its owner is closed. May be used by any thread. */
final class OpenUses {

    /** One for the owner, as long as it is open. */
    private final AtomicInteger open = new AtomicInteger(1);

    private final Sinks.Empty<Void> none = Sinks.empty();

    /** Returns the same publisher, each subscription counted; those behind the close fail. */
    <T> Flux<T> count(Flux<T> use) {
        return Flux.defer(() -> enter() ? use.doFinally(end -> leave()) : Flux.error(ClientEnd.closed()));
    }

    /** Begins a use, unless its owner is closed and nothing goes on any more. */
    boolean enter() {
        int now = open.get();
        while (now > 0) {
            if (open.compareAndSet(now, now + 1)) {
                return true;
            }
            now = open.get();
        }
        return false;
    }

    void leave() {
        if (open.decrementAndGet() == 0) {
            none.tryEmitEmpty();
        }
    }

    /** The owner lets go, once; completes when nothing goes on any more. */
    Mono<Void> close() {
        leave();
        return none.asMono();
    }
}
