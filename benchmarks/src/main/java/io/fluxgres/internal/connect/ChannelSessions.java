package io.fluxgres.internal.connect;

import io.fluxgres.PgConnection;
import io.fluxgres.PgException;
import io.fluxgres.PgOptions;
import io.fluxgres.internal.net.ChannelWires;
import io.fluxgres.internal.net.Wire;
import io.fluxgres.internal.protocol.BackendKeyData;
import io.fluxgres.internal.query.SessionConnection;
import io.fluxgres.internal.session.Session;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Opens connections on channels that have no network, for benchmarks. It is in this package because only this one makes
 * sessions.
 */
public final class ChannelSessions {

    private ChannelSessions() {}

    /** Returns a connection whose StartupMessage leaves in the next turn of the channel's loop; it is usable behind the answer. */
    public static PgConnection on(Channel channel, PgOptions options) {
        SessionFactory factory = new SessionFactory(options);
        Session session = factory.newSession();
        Wire wire = ChannelWires.on(channel, factory.limits(), session);
        session.onConnected(wire);
        wire.submit(new StartupExchange(
                wire,
                factory.newStartup(factory.startupParameters()),
                options,
                factory.latestSaltedPassword(),
                Schedulers.immediate(),
                new StartupExchange.Listener() {

                    @Override
                    public void onStarted(@Nullable BackendKeyData keyData) {
                        session.server().onStarted(keyData);
                    }

                    @Override
                    public void onStartupFailed(PgException reason) {
                        throw new IllegalStateException("the answer to StartupMessage was refused", reason);
                    }
                }));
        return new SessionConnection(session);
    }
}
