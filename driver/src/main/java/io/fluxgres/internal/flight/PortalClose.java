package io.fluxgres.internal.flight;

import io.fluxgres.PgException;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ClosePortalState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.TransactionStatus;
import io.fluxgres.internal.session.Session;

/** Closes a portal whose rows nobody fetches any more, so that its transaction does not hold it to its end. */
final class PortalClose implements Exchange {

    private final Session session;
    private final Name portal;

    PortalClose(Session session, Name portal) {
        this.session = session;
        this.portal = portal;
    }

    @Override
    public boolean isWithdrawn() {
        return session.isIdle();
    }

    @Override
    public BackendState write(FrontendWriter out) {
        out.closePortal(portal);
        out.sync();
        return new ClosePortalState();
    }

    @Override
    public void onReady(TransactionStatus status) {
        session.onReady(status);
    }

    /** The portal ends with the connection. */
    @Override
    public void onFailure(PgException reason, boolean written) {}
}
