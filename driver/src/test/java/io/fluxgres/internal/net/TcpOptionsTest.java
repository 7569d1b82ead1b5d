package io.fluxgres.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.fluxgres.LogLines;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TcpOptionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final TcpOptions ALL =
            new TcpOptions(true, Duration.ofSeconds(61), Duration.ofSeconds(7), 3, Duration.ofMillis(12_345));

    @Test
    void theNativeTransportOfLinuxHasAllOfThem() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "there is no epoll");
        Channel channel = new EpollSocketChannel();
        try {
            assertThat(ALL.apply(channel.config())).isEmpty();

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
            assertThat(ALL.apply(channel.config())).containsExactly("tcpUserTimeout");

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
    void eachOptionThatATransportDoesNotTakeIsTold() {
        EmbeddedChannel channel = new EmbeddedChannel();

        assertThat(ALL.apply(channel.config()))
                .containsExactly(
                        "tcpKeepAlive", "keepAliveIdle", "keepAliveInterval", "keepAliveCount", "tcpUserTimeout");
        channel.close();
    }

    /** As io_uring, of which a kernel may have nothing: it takes the option, and does not list it. */
    private static final class Unlisted extends DefaultChannelConfig {

        private static final ChannelOption<Integer> USER_TIMEOUT =
                ChannelOption.valueOf("io.netty.channel.uring.IoUringChannelOption#TCP_USER_TIMEOUT");

        private final boolean drops;
        private int milliseconds;

        Unlisted(Channel channel, boolean drops) {
            super(channel);
            this.drops = drops;
        }

        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            if (option != USER_TIMEOUT) {
                return super.setOption(option, value);
            }
            milliseconds = drops ? 0 : (Integer) value;
            return true;
        }

        @Override
        @SuppressWarnings("unchecked") // an option of integers
        public <T> T getOption(ChannelOption<T> option) {
            return option == USER_TIMEOUT ? (T) (Integer) milliseconds : super.getOption(option);
        }
    }

    @Test
    void ioUringIsGivenItsOwnUserTimeoutAndAnOptionThatIsDroppedIsTold() {
        EmbeddedChannel channel = new EmbeddedChannel();
        TcpOptions timeout = new TcpOptions(true, null, null, null, Duration.ofMillis(12_345));
        Unlisted taking = new Unlisted(channel, false);

        assertThat(timeout.apply(taking)).containsExactly("tcpKeepAlive");
        assertThat(taking.milliseconds).isEqualTo(12_345);
        assertThat(timeout.apply(new Unlisted(channel, true))).containsExactly("tcpKeepAlive", "tcpUserTimeout");
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

    @Test
    void anOptionThatIsGivenAndCannotBeSetIsWarnedOfOnce() throws Exception {
        TcpOptions timeout = new TcpOptions(true, null, null, null, Duration.ofMillis(12_345));
        EventLoopGroup jdk = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (LogLines log = LogLines.of("io.fluxgres.connection", Level.WARN);
                ServerSocket server = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
            Connector connector = connector(server, timeout);

            connected(connector, jdk.next());
            connected(connector, jdk.next());

            assertThat(log.lines())
                    .filteredOn(line -> line.contains(connector.target()))
                    .containsExactly("[tcpUserTimeout] of " + connector.target()
                            + " has no effect: NioSocketChannelConfig does not take it");
        } finally {
            jdk.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private static Map<String, Object> connected(ServerSocket server, TcpOptions options) {
        return connected(connector(server, options), null);
    }

    private static Connector connector(ServerSocket server, TcpOptions options) {
        return new Connector(
                server.getInetAddress().getHostAddress(), server.getLocalPort(), null, PATIENCE, options, false);
    }

    private static Map<String, Object> connected(Connector connector, @Nullable EventExecutor loop) {
        Wire wire = connector
                .connect(EmbeddedWire.limits(1), WireOnALoopTest.NOBODY, loop)
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
