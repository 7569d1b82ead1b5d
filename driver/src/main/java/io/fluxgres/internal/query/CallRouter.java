package io.fluxgres.internal.query;

import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** Finds sessions for what a client executes. May be called by any thread. */
public interface CallRouter {

    /** Finds a session for a query and executes it there. */
    <T> void route(QueryCall<T> call, CoreSubscriber<? super T> subscriber);

    /** Lends a session for as long as the publisher goes on. */
    <T> Flux<T> lend(Function<LentSession, Publisher<T>> work);
}
