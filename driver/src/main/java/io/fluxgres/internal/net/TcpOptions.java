package io.fluxgres.internal.net;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    /** These transports do not list TCP_USER_TIMEOUT among the options that they have. */
    private static final List<String> UNLISTED =
            List.of("io.netty.channel.epoll.EpollChannelOption#", "io.netty.channel.uring.IoUringChannelOption#");

    /** Sets what is given, and returns the names of the options that the channel did not take. */
    List<String> apply(ChannelConfig config) {
        List<String> refused = new ArrayList<>();
        if (!takes(config, ChannelOption.SO_KEEPALIVE, keepAlive)) {
            refused.add("tcpKeepAlive");
        }
        if (idle != null && !set(config, (int) idle.toSeconds(), "TCP_KEEPIDLE", "TCP_KEEPIDLE")) {
            refused.add("keepAliveIdle");
        }
        if (interval != null && !set(config, (int) interval.toSeconds(), "TCP_KEEPINTVL", "TCP_KEEPINTERVAL")) {
            refused.add("keepAliveInterval");
        }
        if (count != null && !set(config, count, "TCP_KEEPCNT", "TCP_KEEPCOUNT")) {
            refused.add("keepAliveCount");
        }
        if (userTimeout != null && !set(config, (int) userTimeout.toMillis(), "TCP_USER_TIMEOUT", "TCP_USER_TIMEOUT")) {
            refused.add("tcpUserTimeout");
        }
        return refused;
    }

    /** Sets an option under its name in the native transports or in the JDK. */
    private static boolean set(ChannelConfig config, Integer value, String nativeName, String jdkName) {
        for (ChannelOption<Integer> option : candidates(config, nativeName, jdkName)) {
            if (takes(config, option, value)) {
                return true;
            }
        }
        return false;
    }

    /** Sets an option and reads it back, for a transport may drop what it does not have. */
    private static <T> boolean takes(ChannelConfig config, ChannelOption<T> option, T value) {
        try {
            return config.setOption(option, value) && value.equals(config.getOption(option));
        } catch (RuntimeException refused) {
            LOG.debug("{} was refused", option, refused);
            return false;
        }
    }

    /** Returns the names that the option may have: those that the channel lists, and those that it may have and not list. */
    @SuppressWarnings("unchecked") // each of these options is an Integer in each transport that has it
    private static List<ChannelOption<Integer>> candidates(ChannelConfig config, String nativeName, String jdkName) {
        List<ChannelOption<Integer>> candidates = new ArrayList<>();
        for (ChannelOption<?> option : config.getOptions().keySet()) {
            if (option.name().endsWith("#" + nativeName) || option.name().equals(jdkName)) {
                candidates.add((ChannelOption<Integer>) option);
            }
        }
        UNLISTED.forEach(transport -> candidates.add(ChannelOption.valueOf(transport + nativeName)));
        return candidates;
    }
}
