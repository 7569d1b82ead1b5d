package io.fluxgres;

import io.fluxgres.internal.client.DirectClient;
import io.fluxgres.internal.config.ConnectionUri;
import java.util.Objects;

/** The one place where the public API meets its implementation. */
final class CompositionRoot {

    private CompositionRoot() {}

    static PgClient client(PgOptions options) {
        return new DirectClient(Objects.requireNonNull(options, "options"));
    }

    static PgOptions parse(String uri) {
        return ConnectionUri.parse(Objects.requireNonNull(uri, "uri"));
    }
}
