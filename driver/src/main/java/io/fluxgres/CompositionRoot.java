package io.fluxgres;

import io.fluxgres.internal.config.ConnectionUri;
import io.fluxgres.internal.session.SessionFactory;

/** The one place where the public API meets its implementation. */
final class CompositionRoot {

    private CompositionRoot() {}

    static PgClient client(PgOptions options) {
        return new SessionFactory(options);
    }

    static PgOptions parse(String uri) {
        return ConnectionUri.parse(uri);
    }
}
