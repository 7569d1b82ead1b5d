package io.fluxgres.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.testkit.BackendMessages;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wire on an event loop of its own, whose server answers each write with a row and ReadyForQuery, within the JVM. */
@Timeout(60)
class WireOnALoopTest {

    private static final byte[] ANSWER =
            new BackendMessages().dataRow("1").readyForQuery('I').toBytes();

    static final WireListener NOBODY = new WireListener() {
        @Override
        public String peer() {
            return "";
        }

        @Override
        public void onNotice(ErrorFields notice) {}

        @Override
        public void onParameterStatus(String name, String value) {}

        @Override
        public void onNotification(int processId, String channel, String payload) {}

        @Override
        public boolean cancel(Runnable closed) {
            return false;
        }

        @Override
        public void onEnd(PgException reason) {}
    };

    @ChannelHandler.Sharable
    private static final class Server extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ((ByteBuf) message).release();
            // in a turn of its own, as over a network: else the answer would arrive from within the write
            context.executor().execute(() -> context.writeAndFlush(Unpooled.wrappedBuffer(ANSWER)));
        }
    }

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    private Wire wire;

    @BeforeEach
    void connect() throws InterruptedException {
        LocalAddress address = new LocalAddress(WireOnALoopTest.class);
        new ServerBootstrap()
                .group(loop)
                .channel(LocalServerChannel.class)
                .childHandler(new Server())
                .bind(address)
                .sync();
        // a million answers are too many to follow each of their buffers
        Channel channel = new Bootstrap()
                .group(loop)
                .channel(LocalChannel.class)
                .option(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false, true))
                .handler(new ChannelInboundHandlerAdapter())
                .connect(address)
                .sync()
                .channel();
        wire = new Wire(channel, EmbeddedWire.limits(1), NOBODY);
        channel.pipeline().addLast(wire);
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    /** Keeps nothing. */
    private static List<String> unheard() {
        return new ArrayList<>() {
            @Override
            public boolean add(String event) {
                return true;
            }
        };
    }

    @Test
    @Timeout(1800)
    void aMillionRequestsEachFromWithinTheEndOfTheOneBeforeDoNotOverflowTheStack() throws InterruptedException {
        int requests = 1_000_000;
        AtomicInteger completed = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        ScriptedExchange repeated = new ScriptedExchange("a", unheard());
        repeated.onReady(() -> {
            if (completed.incrementAndGet() < requests) {
                wire.submit(repeated);
            } else {
                end.countDown();
            }
        });
        repeated.onFailure(end::countDown);

        wire.submit(repeated);

        awaitWhileItGoesOn(end, completed::get);
        assertThat(completed).hasValue(requests);
    }

    /** Waits as long as a busy machine needs, but not for what stands still. */
    private static void awaitWhileItGoesOn(CountDownLatch end, LongSupplier progress) throws InterruptedException {
        long before = -1;
        while (!end.await(30, TimeUnit.SECONDS)) {
            long now = progress.getAsLong();
            assertThat(now).as("done within 30 s more").isNotEqualTo(before);
            before = now;
        }
    }

    @Test
    @Timeout(1800)
    void requestsOfManyThreadsAreAnsweredOnceEachAndThoseOfOneThreadInOrder() throws InterruptedException {
        int threads = 8;
        int each = 2000;
        List<List<Integer>> answered = new ArrayList<>();
        CountDownLatch end = new CountDownLatch(threads * each);
        ExecutorService submitting = Executors.newFixedThreadPool(threads);
        for (int thread = 0; thread < threads; thread++) {
            List<Integer> mine = Collections.synchronizedList(new ArrayList<>());
            answered.add(mine);
            submitting.execute(() -> {
                for (int n = 0; n < each; n++) {
                    int number = n;
                    wire.submit(new ScriptedExchange("a", unheard()).onReady(() -> {
                        mine.add(number);
                        end.countDown();
                    }));
                }
            });
        }

        awaitWhileItGoesOn(end, end::getCount);
        submitting.shutdown();
        assertThat(answered).allSatisfy(mine -> assertThat(mine).hasSize(each).isSorted());
    }

    @Test
    void aRequestBehindTheShutdownOfTheLoopFailsAtOnceAsNotSent() throws InterruptedException {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        List<String> events = new ArrayList<>();
        ScriptedExchange late = new ScriptedExchange("a", events);

        wire.submit(late);
        wire.close();

        assertThat(events).containsExactly("a failed, not written");
        assertThat(late.reason).isInstanceOf(PgConnectionException.class);
    }
}
