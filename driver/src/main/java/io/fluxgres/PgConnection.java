package io.fluxgres;

import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A connection to a server. May be used by any thread: queries are executed one after the other, in the order of their
 * subscriptions. Whoever opened the connection closes it.
 */
public interface PgConnection {

    /** Returns a query without parameters; nothing is sent before a subscription. */
    PgQuery query(String sql);

    /**
     * Returns the notices from now on, as long as the connection lives. A subscriber without demand misses them; they are
     * logged at level DEBUG in any case.
     */
    Flux<PgNotice> notices();

    /** Returns the parameters that the server reports, such as {@code server_version}, in their latest values. */
    Map<String, String> serverParameters();

    /** Returns the transaction status of the latest ReadyForQuery. */
    PgTransactionStatus transactionStatus();

    /** Returns the id of the server process, 0 if the server did not tell. */
    int processId();

    /** Whether requests can still be sent: false after a close, a loss, or a violation of the protocol. */
    boolean isHealthy();

    /**
     * Asks the server to cancel the statement it is executing for this connection, and completes when the request was
     * handed on; never fails. The statement then fails with SQLSTATE 57014, unless it ends before; a transaction it is part
     * of is aborted. Without effect if nothing is being executed, or if several requests are in flight: then it could hit
     * another than the one that was meant.
     */
    Mono<Void> cancel();

    /**
     * Closes the connection when subscribed to: tells the server, completes once the socket is closed, never fails. Queries
     * that were not sent fail as safe to retry, the one in progress with an unknown outcome. Closing twice is harmless.
     */
    Mono<Void> close();
}
