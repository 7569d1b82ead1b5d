package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a state with a stream of the server in chunks, as a connection would: frames it, keeps what is not complete, takes
 * the messages out that are handled above the states, and stops at PAUSE, AWAIT and DONE.
 *
 * <p>Of each message it asserts what {@link Signal} promises: consumed to its last byte, or, with PAUSE, nothing read or
 * written.
 */
final class Feed {

    /** Buffers that need no release, so that a test may leave what was written. */
    static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    private static final byte[] TRAILING = {'Z', 0, 0, 0, 5, 'I', 'D', 0, 0};
    private static final int RANDOM_SPLITS = 20;

    private final BackendState state;
    private final FrontendWriter out;
    private final ByteBuf unread = Unpooled.buffer();
    private final List<Signal> signals = new ArrayList<>();
    private final List<String> asynchronous = new ArrayList<>();
    private BackendReader in = new BackendReader(MessageLimits.DEFAULT);
    private @Nullable Consumer<FrontendWriter> onAwait;
    private @Nullable Runnable onPause;
    private boolean stopped;

    Feed(BackendState state) {
        this(state, new FrontendWriter(HEAP, new Ledger()));
    }

    /** A feed whose state answers to {@code out}. */
    Feed(BackendState state, FrontendWriter out) {
        this.state = state;
        this.out = out;
    }

    /**
     * Plays a stream to fresh feeds: whole, byte by byte, at random splits, and, if it ends the conversation, with the
     * bytes of further messages behind it, which must stay unread. After each the expectation must hold.
     */
    static void everyWay(byte[] stream, Supplier<Feed> fresh, Consumer<Feed> expectation) {
        Feed whole = fresh.get().play(stream);
        expectation.accept(whole);

        Feed byteByByte = fresh.get();
        for (byte one : stream) {
            byteByByte.play(new byte[] {one});
        }
        expectation.accept(byteByByte);

        for (int seed = 0; seed < RANDOM_SPLITS; seed++) {
            Feed split = fresh.get();
            playAtRandomSplits(split, stream, new Random(seed));
            expectation.accept(split);
        }

        if (whole.isDone()) {
            Feed trailing = fresh.get().play(Wire.join(stream, TRAILING));
            expectation.accept(trailing);
            assertThat(trailing.unread()).isEqualTo(TRAILING);
        }
    }

    private static void playAtRandomSplits(Feed feed, byte[] stream, Random random) {
        for (int from = 0; from < stream.length; ) {
            int to = Math.min(stream.length, from + 1 + random.nextInt(16));
            feed.play(Arrays.copyOfRange(stream, from, to));
            from = to;
        }
    }

    /** Sets the limits of messages; to be called before the first byte. */
    Feed limits(MessageLimits limits) {
        in = new BackendReader(limits);
        return this;
    }

    /** Answers each AWAIT at once and reads on; without it AWAIT stops the feed until {@link #goOn}. */
    Feed onAwait(Consumer<FrontendWriter> answer) {
        onAwait = answer;
        return this;
    }

    /** Makes demand at each PAUSE and offers the message again; without it PAUSE stops the feed until {@link #goOn}. */
    Feed onPause(Runnable demand) {
        onPause = demand;
        return this;
    }

    /** Lets a chunk arrive. */
    Feed play(byte[] chunk) {
        unread.writeBytes(chunk);
        if (!stopped) {
            offer();
        }
        return this;
    }

    /** Offers what arrived and was not read: after the demand behind a PAUSE, or the answer behind an AWAIT. */
    Feed goOn() {
        stopped = isDone();
        return play(new byte[0]);
    }

    private void offer() {
        while (!stopped && in.next(unread)) {
            if (isAsynchronous(in.type())) {
                asynchronous.add(BackendMessage.name(in.type()));
                in.skipBody();
                in.finish();
            } else {
                Signal signal = offerOne();
                signals.add(signal);
                stopped = stopsAt(signal);
            }
        }
        if (!stopped) {
            assertThat(in.needed()).isGreaterThan(unread.readableBytes());
        }
    }

    private static boolean isAsynchronous(byte type) {
        return type == BackendMessage.NOTICE_RESPONSE
                || type == BackendMessage.NOTIFICATION_RESPONSE
                || type == BackendMessage.PARAMETER_STATUS;
    }

    private Signal offerOne() {
        int start = unread.readerIndex();
        int length = unread.getInt(start + 1);
        int written = out.size();
        Signal signal = state.onMessage(in, out);
        if (signal == Signal.PAUSE) {
            assertThat(unread.readerIndex()).as("bytes read at PAUSE").isEqualTo(start);
            assertThat(out.size()).as("bytes written at PAUSE").isEqualTo(written);
        } else {
            assertThat(unread.readerIndex()).as("end of the message").isEqualTo(start + 1 + length);
        }
        return signal;
    }

    private boolean stopsAt(Signal signal) {
        if (signal == Signal.PAUSE && onPause != null) {
            onPause.run();
            return false;
        }
        if (signal == Signal.AWAIT && onAwait != null) {
            onAwait.accept(out);
            return false;
        }
        return signal != Signal.CONTINUE;
    }

    /** Returns the signals of the state, one for each message offered. */
    List<Signal> signals() {
        return signals;
    }

    boolean isDone() {
        return !signals.isEmpty() && signals.get(signals.size() - 1) == Signal.DONE;
    }

    /** Returns the names of the messages that never reached the state. */
    List<String> asynchronous() {
        return asynchronous;
    }

    BackendReader in() {
        return in;
    }

    FrontendWriter out() {
        return out;
    }

    /** Returns the bytes that arrived and were not read. */
    byte[] unread() {
        return ByteBufUtil.getBytes(unread);
    }

    /** Takes the bytes that were written since the last call. */
    byte[] sent() {
        ByteBuf taken = out.take();
        if (taken == null) {
            return new byte[0];
        }
        byte[] bytes = ByteBufUtil.getBytes(taken);
        taken.release();
        return bytes;
    }
}
