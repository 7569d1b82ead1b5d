package io.fluxgres.r2dbc;

import io.fluxgres.PgConnection;
import io.fluxgres.PgQuery;
import io.fluxgres.PgTimeoutException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * How long the server may take to answer what is no statement of the user. The driver bounds its own control statements; this
 * adds the timeout that was set for one connection, and what the adapter executes as a query.
 *
 * @param controlTimeout what counts where no timeout was set
 */
record ControlBound(PgConnection connection, Duration controlTimeout) {

    /** Reactor's key of what is done with an error that comes too late: the driver's bound may pass together with this one. */
    private static final String ERROR_DROPPED = "reactor.onErrorDropped.local";

    /** Returns a control statement of the driver, bounded by a timeout too that was set, if one was. */
    Mono<Void> control(Mono<Void> statement, @Nullable Duration timeout) {
        return timeout == null
                ? statement
                : statement
                        .timeout(timeout, Mono.defer(() -> late(timeout)))
                        .contextWrite(context -> context.put(ERROR_DROPPED, (Consumer<Throwable>) second -> {}));
    }

    /** Nobody could tell in which state the connection is. */
    private Mono<Void> late(Duration timeout) {
        PgTimeoutException late = new PgTimeoutException(
                "the server did not answer within " + timeout.toMillis()
                        + " ms; the outcome is unknown, and the connection was closed",
                false,
                null);
        return connection.close().then(Mono.error(late));
    }

    /** Executes a query of the adapter's own. */
    Mono<Void> execute(PgQuery query, @Nullable Duration timeout) {
        return query.timeout(timeout == null ? controlTimeout : timeout)
                .rowsUpdated()
                .then();
    }
}
