package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Signal;

/** Judges how a query fails. */
final class QueryProbe {

    private QueryProbe() {}

    /** Returns the error of a query, which tells neither user nor password. */
    static PgException failureOf(Publisher<?> query) {
        Signal<Void> end = Flux.from(query)
                .then()
                .materialize()
                .blockOptional(Logins.PATIENCE)
                .orElseThrow();
        assertThat(end.getThrowable()).as("failure").isInstanceOf(PgException.class);
        PgException failure = (PgException) end.getThrowable();
        assertThat(Secrets.everythingThatAFailureTells(failure))
                .doesNotContain(FakeServer.PASSWORD)
                .doesNotContain(FakeServer.USER);
        return failure;
    }
}
