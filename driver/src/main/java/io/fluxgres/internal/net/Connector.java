package io.fluxgres.internal.net;

import io.fluxgres.PgConnectionException;
import io.fluxgres.internal.protocol.BackendKeyData;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Ledger;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;

/**
 * Makes the network connection: resolves the name, tries its addresses, connects over TCP or a Unix domain socket.
 *
 * <p>Connections are spread over the event loops in turn, wherever the caller runs; the loops are shared by all connectors
 * of the JVM and their threads are daemons.
 */
public final class Connector {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    private static final LoopResources EVENT_LOOPS =
            LoopResources.create("fluxgres", 1, LoopResources.DEFAULT_IO_WORKER_COUNT, true, false);

    /** How long the server may take to close the connection of a CancelRequest. */
    private static final Duration CANCEL_BOUND = Duration.ofSeconds(10);

    private final TcpClient client;
    private final String target;
    private final boolean local;
    private final boolean sqlHoldsValues;
    /** Of options that have no effect: once, for all connections of this connector are of one transport. */
    private final AtomicBoolean warned = new AtomicBoolean();

    /**
     * Creates a connector.
     *
     * @param socket the path of a Unix domain socket, which takes the place of host and port, or null
     * @param timeout how long one address may take to connect
     * @param sqlHoldsValues whether the SQL of Query messages may hold values of parameters, which no trace may show
     */
    public Connector(
            String host, int port, @Nullable String socket, Duration timeout, TcpOptions tcp, boolean sqlHoldsValues) {
        this.sqlHoldsValues = sqlHoldsValues;
        this.local = socket != null;
        this.target = socket != null ? socket : host + ":" + port;
        TcpClient base = TcpClient.create(ConnectionProvider.newConnection())
                .runOn(EVENT_LOOPS)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE));
        if (socket != null) {
            SocketAddress address = new DomainSocketAddress(socket);
            this.client = base.remoteAddress(() -> address);
        } else {
            this.client = base.remoteAddress(() -> InetSocketAddress.createUnresolved(host, port))
                    .option(ChannelOption.TCP_NODELAY, true)
                    .doOnChannelInit((observer, channel, address) -> set(tcp, channel.config()));
        }
    }

    private void set(TcpOptions tcp, ChannelConfig config) {
        List<String> refused = tcp.apply(config);
        if (!refused.isEmpty() && warned.compareAndSet(false, true)) {
            LOG.warn(
                    "{} of {} has no effect: {} does not take it",
                    refused,
                    target,
                    config.getClass().getSimpleName());
        }
    }

    /** Returns the event loops that connections live on. */
    public static List<EventExecutor> loops() {
        List<EventExecutor> loops = new ArrayList<>();
        EVENT_LOOPS.onClient(LoopResources.DEFAULT_NATIVE).forEach(loops::add);
        return loops;
    }

    /**
     * Returns a wire on a new connection. Cancelling closes what was begun.
     *
     * @param loop one of {@link #loops} that the connection is to live on, null for the next in turn
     */
    public Mono<Wire> connect(WireLimits limits, WireListener listener, @Nullable EventExecutor loop) {
        TcpClient placed = loop instanceof EventLoop chosen ? client.runOn(useNative -> chosen) : client;
        return placed.connect()
                .onErrorMap(failure -> new PgConnectionException(
                        "could not connect to " + target + ": " + reason(failure), true, null, failure))
                .map(connection -> {
                    trace(connection);
                    Wire wire = new Wire(connection.channel(), limits, listener);
                    connection.addHandlerLast("fluxgres.wire", wire);
                    return wire;
                });
    }

    private void trace(Connection connection) {
        if (TraceHandler.isEnabled()) {
            Consumer<String> log = TraceHandler.log(connection.channel().id().asShortText());
            connection.addHandlerLast("fluxgres.trace", new TraceHandler(log, sqlHoldsValues));
        }
    }

    private String reason(Throwable failure) {
        if (local && failure instanceof IllegalArgumentException) {
            return "Unix domain sockets need Netty's native transport for this platform";
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    /**
     * Sends a CancelRequest to the very address that a wire is connected to, and completes when the server has closed the
     * connection it came on: only then is it certain that it was handed on. Never fails, for a cancel is only a wish.
     */
    public Mono<Void> cancel(Wire wire, BackendKeyData key) {
        return client.remoteAddress(() -> wire.channel().remoteAddress())
                .connect()
                .doOnNext(this::trace)
                .flatMap(connection -> connection
                        .outbound()
                        .send(Mono.fromSupplier(() -> cancelRequest(connection, key)))
                        .then()
                        .thenMany(connection.inbound().receive())
                        .then()
                        .doFinally(ended -> connection.dispose()))
                .timeout(CANCEL_BOUND)
                .onErrorComplete();
    }

    private static ByteBuf cancelRequest(Connection connection, BackendKeyData key) {
        FrontendWriter writer = new FrontendWriter(connection.channel().alloc(), new Ledger());
        writer.cancelRequest(key);
        return Objects.requireNonNull(writer.take());
    }

    /** Whether what is sent cannot be read by others on the network: a Unix domain socket. */
    public boolean isLocal() {
        return local;
    }

    /** Returns the address in words, for messages. */
    public String target() {
        return target;
    }
}
