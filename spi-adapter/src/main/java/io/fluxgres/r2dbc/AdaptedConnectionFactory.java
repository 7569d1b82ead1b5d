package io.fluxgres.r2dbc;

import io.fluxgres.PgClient;
import io.fluxgres.PgConnection;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Makes connections by a client of the driver, and sets what the options want to be set in each session. */
final class AdaptedConnectionFactory implements ConnectionFactory, Wrapped<PgClient> {

    private final PgClient client;
    private final SessionSettings settings;
    private final Duration controlTimeout;
    private final EncodableClasses encodable = new EncodableClasses();

    AdaptedConnectionFactory(PgClient client, SessionSettings settings, Duration controlTimeout) {
        this.client = client;
        this.settings = settings;
        this.controlTimeout = controlTimeout;
    }

    @Override
    public Mono<? extends Connection> create() {
        Mono<PgConnection> connected = settings.isEmpty()
                ? client.connect()
                : client.connect().flatMap(connection -> settings.apply(connection, controlTimeout));
        return connected
                .map(connection -> new AdaptedConnection(connection, encodable, controlTimeout))
                .onErrorMap(R2dbcErrors::translate);
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
        return () -> AdaptedConnection.PRODUCT_NAME;
    }

    @Override
    public PgClient unwrap() {
        return client;
    }

    @Override
    public <E> @Nullable E unwrap(Class<E> targetClass) {
        return targetClass.isInstance(client) ? targetClass.cast(client) : Wrapped.super.unwrap(targetClass);
    }
}
