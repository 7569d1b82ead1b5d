package io.fluxgres.internal.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where requests are executed.
 *
 * @param transaction what they are part of, null if only the order of the requests decides that
 * @param timeout how long each may take from its subscription on, null for no bound
 */
record RequestScope(
        Session session,
        @Nullable Transaction transaction,
        @Nullable Duration timeout) {

    RequestScope withTimeout(Duration bound) {
        return new RequestScope(session, transaction, bound);
    }

    void start(Request<?> request) {
        session.start(request, transaction, timeout);
    }
}
