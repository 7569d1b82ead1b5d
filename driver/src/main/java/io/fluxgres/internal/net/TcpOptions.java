package io.fluxgres.internal.net;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How TCP notices a peer that has vanished. What is null is left to the system.
 *
 * <p>Only some transports have more than SO_KEEPALIVE, under names of their own, and their classes may be missing at run
 * time. So what the channel at hand calls its options is searched by name, and no such class is named here.
 *
 * @param keepAlive whether idle connections are probed
 * @param idle the idle time before the first probe
 * @param interval between two probes
 * @param count after so many unanswered probes the connection is lost
 * @param userTimeout after so long without an acknowledgement it is lost
 */
public record TcpOptions(
        boolean keepAlive,
        @Nullable Duration idle,
        @Nullable Duration interval,
        @Nullable Integer count,
        @Nullable Duration userTimeout) {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    private static final String EPOLL = "io.netty.channel.epoll.EpollChannelOption#";

    /** Whether only SO_KEEPALIVE is to be set. */
    boolean isPlain() {
        return idle == null && interval == null && count == null && userTimeout == null;
    }

    /** Sets what the channel has. */
    void apply(ChannelConfig config) {
        if (idle != null) {
            set(config, (int) idle.toSeconds(), "TCP_KEEPIDLE", "TCP_KEEPIDLE");
        }
        if (interval != null) {
            set(config, (int) interval.toSeconds(), "TCP_KEEPINTVL", "TCP_KEEPINTERVAL");
        }
        if (count != null) {
            set(config, count, "TCP_KEEPCNT", "TCP_KEEPCOUNT");
        }
        if (userTimeout != null) {
            set(config, (int) userTimeout.toMillis(), "TCP_USER_TIMEOUT", "TCP_USER_TIMEOUT");
        }
    }

    /** Sets an option under its name in the native transports or in the JDK. */
    private static void set(ChannelConfig config, Integer value, String nativeName, String jdkName) {
        for (ChannelOption<?> option : config.getOptions().keySet()) {
            if (option.name().endsWith("#" + nativeName) || option.name().equals(jdkName)) {
                setUnchecked(config, option, value);
                return;
            }
        }
        // epoll does not list TCP_USER_TIMEOUT among the options that it has
        if (!config.setOption(ChannelOption.valueOf(EPOLL + nativeName), value)) {
            LOG.debug("{} is not an option of {}", nativeName, config.getClass().getSimpleName());
        }
    }

    @SuppressWarnings("unchecked") // each of these options is an Integer in each transport that has it
    private static void setUnchecked(ChannelConfig config, ChannelOption<?> option, Integer value) {
        config.setOption((ChannelOption<Integer>) option, value);
    }
}
