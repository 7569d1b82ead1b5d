package io.fluxgres.internal.net;

import io.netty.channel.Channel;

/** Puts wires on channels that have no network, for benchmarks. It is in this package because only this one makes wires. */
public final class ChannelWires {

    private ChannelWires() {}

    /** Returns a wire that is the last handler of a channel. */
    public static Wire on(Channel channel, WireLimits limits, WireListener listener) {
        Wire wire = new Wire(channel, limits, listener);
        channel.pipeline().addLast(wire);
        return wire;
    }
}
