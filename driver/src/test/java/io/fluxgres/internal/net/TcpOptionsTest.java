package io.fluxgres.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TcpOptionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final TcpOptions ALL =
            new TcpOptions(true, Duration.ofSeconds(61), Duration.ofSeconds(7), 3, Duration.ofMillis(12_345));

    @Test
    void theNativeTransportOfLinuxHasAllOfThem() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "there is no epoll");
        Channel channel = new EpollSocketChannel();
        try {
            ALL.apply(channel.config());

            assertThat(values(channel.config()))
                    .containsEntry("TCP_KEEPIDLE", 61)
                    .containsEntry("TCP_KEEPINTVL", 7)
                    .containsEntry("TCP_KEEPCNT", 3);
            assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                    .isEqualTo(12_345);
        } finally {
            channel.unsafe().closeForcibly();
        }
    }

    @Test
    void theTransportOfTheJdkHasThoseOfKeepAlive() {
        Channel channel = new NioSocketChannel();
        try {
            ALL.apply(channel.config());

            assertThat(values(channel.config()))
                    .containsEntry("TCP_KEEPIDLE", 61)
                    .containsEntry("TCP_KEEPINTERVAL", 7)
                    .containsEntry("TCP_KEEPCOUNT", 3)
                    .doesNotContainKey("TCP_USER_TIMEOUT");
        } finally {
            channel.unsafe().closeForcibly();
        }
    }

    @Test
    void aTransportWithoutThemIsLeftAlone() {
        EmbeddedChannel channel = new EmbeddedChannel();

        assertThatCode(() -> ALL.apply(channel.config())).doesNotThrowAnyException();
        channel.close();
    }

    @Test
    void aConnectionGetsThemWithoutTouchingTheOthers() throws Exception {
        TcpOptions idleOnly = new TcpOptions(true, Duration.ofSeconds(61), null, null, null);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, Object> given = connected(server, idleOnly);
            Map<String, Object> untouched = connected(server, new TcpOptions(false, null, null, null, null));

            assertThat(given).containsEntry("SO_KEEPALIVE", true).containsEntry("TCP_KEEPIDLE", 61);
            assertThat(untouched).containsEntry("SO_KEEPALIVE", false);
            assertThat(untouched.get("TCP_KEEPIDLE")).isNotEqualTo(61);
            assertThat(given.get("TCP_KEEPCNT")).isEqualTo(untouched.get("TCP_KEEPCNT"));
        }
    }

    private static Map<String, Object> connected(ServerSocket server, TcpOptions options) {
        Connector connector = new Connector(
                server.getInetAddress().getHostAddress(), server.getLocalPort(), null, PATIENCE, options, false);
        Wire wire = connector
                .connect(EmbeddedWire.limits(1), WireOnALoopTest.NOBODY, null)
                .blockOptional(PATIENCE)
                .orElseThrow();
        try {
            return values(wire.channel().config());
        } finally {
            wire.close();
        }
    }

    /** Returns the options that have a value, under their names without the class of a transport. */
    private static Map<String, Object> values(ChannelConfig config) {
        return config.getOptions().entrySet().stream()
                .filter(entry -> entry.getValue() != null)
                .collect(Collectors.toMap(entry -> simpleName(entry.getKey()), Map.Entry::getValue, (a, b) -> b));
    }

    private static String simpleName(ChannelOption<?> option) {
        return option.name().substring(option.name().indexOf('#') + 1);
    }
}
