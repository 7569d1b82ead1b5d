package io.fluxgres;

import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * The entry point: makes connections to one database.
 *
 * <pre>{@code
 * PgClient client = PgClient.create("postgresql://app@localhost/shop");
 * Flux<String> titles = Flux.usingWhen(
 *     client.connect(),
 *     connection -> connection.query("select title from book").map(row -> row.getString(0)),
 *     PgConnection::close);
 * }</pre>
 */
public interface PgClient {

    /**
     * Returns a client for a URI.
     *
     * @param uri {@code postgresql://user:password@host:port/database?option=value}; see {@link PgOptions#parse}
     * @throws PgUsageException if the URI is malformed or names an unknown option
     */
    static PgClient create(String uri) {
        return create(PgOptions.parse(uri));
    }

    /** Returns a client for options. */
    static PgClient create(PgOptions options) {
        return CompositionRoot.client(options, null);
    }

    /** Returns a client for options that tells an observer of its connections and queries. */
    static PgClient create(PgOptions options, PgObserver observer) {
        return CompositionRoot.client(options, Objects.requireNonNull(observer, "observer"));
    }

    /**
     * Returns a new connection for each subscription: connected, authenticated and ready.
     *
     * <p>Errors: {@link PgConnectionException} if the server cannot be reached or does not answer in time,
     * {@link PgAuthenticationException} if the driver refuses the authentication, {@link PgServerException} if the server
     * refuses, {@link PgProtocolException} if it is no PostgreSQL server. Cancelling closes what was begun.
     */
    Mono<PgConnection> connect();
}
