package io.fluxgres.internal.net;

import static io.fluxgres.testkit.BackendMessages.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.MessageLimits;
import io.fluxgres.internal.protocol.ProtocolViolation;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages come out of the buffers as they were sent, however they were split, and nothing is copied twice or kept. */
@Timeout(30)
class InboundBufferTest {

    private static final int LONG = 200_000;

    /** Counts the bytes of all memory it ever gave. */
    private static final class CountingAllocator extends AbstractByteBufAllocator {

        private final List<ByteBuf> given = new ArrayList<>();
        private long bytes;

        private CountingAllocator() {
            super(false);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maximumCapacity) {
            ByteBuf buffer = new UnpooledHeapByteBuf(this, initialCapacity, maximumCapacity) {
                @Override
                protected byte[] allocateArray(int capacity) {
                    bytes += capacity;
                    return super.allocateArray(capacity);
                }
            };
            given.add(buffer);
            return buffer;
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maximumCapacity) {
            return newHeapBuffer(initialCapacity, maximumCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    private final CountingAllocator allocator = new CountingAllocator();
    private final List<ByteBuf> arrived = new ArrayList<>();
    private final BackendReader reader = new BackendReader(MessageLimits.DEFAULT);
    private final InboundBuffer inbound = new InboundBuffer(allocator);

    InboundBufferTest() {
        reader.authenticated();
    }

    @AfterEach
    void nothingIsKept() {
        inbound.release();
        assertThat(arrived).allMatch(buffer -> buffer.refCnt() == 0);
        assertThat(allocator.given).allMatch(buffer -> buffer.refCnt() == 0);
    }

    private void add(byte[] bytes, int from, int to) {
        ByteBuf buffer = Unpooled.copiedBuffer(bytes, from, to - from);
        if (buffer.isReadable()) {
            arrived.add(buffer);
        }
        inbound.add(buffer);
    }

    private void add(byte[] bytes) {
        add(bytes, 0, bytes.length);
    }

    /** Consumes all messages there are: each as its type and the hash of its body. */
    private List<String> consume() {
        List<String> messages = new ArrayList<>();
        while (inbound.next(reader)) {
            messages.add(describe());
            reader.finish();
        }
        return messages;
    }

    private String describe() {
        byte[] body = reader.readBytes(reader.remaining());
        return (char) reader.type() + ":" + body.length + ":" + Arrays.hashCode(body);
    }

    private static byte[] shortStream() {
        return new BackendMessages()
                .bindComplete()
                .dataRow("1", null)
                .noData()
                .commandComplete("SELECT 1")
                .readyForQuery('I')
                .toBytes();
    }

    private static byte[] longStream() {
        BackendMessages messages = new BackendMessages().rowDescription(column("n", 25));
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            byte[] value = new byte[i % 10 == 9 ? LONG : random.nextInt(300)];
            random.nextBytes(value);
            messages.dataRow((Object) value);
        }
        return messages.readyForQuery('I').toBytes();
    }

    private List<String> whole(byte[] stream) {
        add(stream);
        return consume();
    }

    // ---- splits

    @Test
    void aStreamInOneBufferIsReadInPlace() {
        List<String> messages = whole(shortStream());

        assertThat(messages).hasSize(5);
        assertThat(messages.get(0)).startsWith("2:0:");
        assertThat(messages.get(4)).startsWith("Z:1:");
        assertThat(allocator.bytes).isZero();
    }

    @Test
    void everyPairOfSplitsGivesTheSameMessages() {
        byte[] stream = shortStream();
        List<String> expected = whole(stream);

        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                List<String> messages = new ArrayList<>();
                add(stream, 0, first);
                messages.addAll(consume());
                add(stream, first, second);
                messages.addAll(consume());
                add(stream, second, stream.length);
                messages.addAll(consume());
                assertThat(messages).as("split at %d and %d", first, second).isEqualTo(expected);
            }
        }
    }

    @Test
    void everyPairOfSplitsGivesTheSameMessagesIfAllArriveBeforeOneIsRead() {
        byte[] stream = shortStream();
        List<String> expected = whole(stream);

        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                add(stream, 0, first);
                add(stream, first, second);
                add(stream, second, stream.length);
                assertThat(consume()).as("split at %d and %d", first, second).isEqualTo(expected);
            }
        }
    }

    @Test
    void singleBytesGiveTheSameMessages() {
        byte[] stream = shortStream();
        List<String> expected = whole(stream);

        List<String> messages = new ArrayList<>();
        for (int i = 0; i < stream.length; i++) {
            add(stream, i, i + 1);
            messages.addAll(consume());
        }

        assertThat(messages).isEqualTo(expected);
    }

    @Test
    void randomSplitsOfLongMessagesGiveTheSameMessages() {
        byte[] stream = longStream();
        List<String> expected = whole(stream);
        Random random = new Random(11);

        for (int round = 0; round < 30; round++) {
            int longest = 1 << random.nextInt(4, 18);
            boolean readsAtOnce = random.nextBoolean();
            List<String> messages = new ArrayList<>();
            for (int at = 0; at < stream.length; ) {
                int end = Math.min(stream.length, at + random.nextInt(longest + 1));
                add(stream, at, end);
                at = end;
                if (readsAtOnce || random.nextInt(5) == 0) {
                    messages.addAll(consume());
                }
            }
            messages.addAll(consume());
            assertThat(messages).isEqualTo(expected);
            arrived.forEach(buffer -> assertThat(buffer.refCnt()).isZero());
            arrived.clear();
        }
    }

    // ---- copying

    @Test
    void onlyAMessageThatTwoBuffersShareIsCopied() {
        BackendMessages messages = new BackendMessages();
        for (int i = 0; i < 1000; i++) {
            messages.dataRow("0123456789");
        }
        byte[] stream = messages.toBytes();
        int middle = stream.length / 2 + 3;

        add(stream, 0, middle);
        int before = consume().size();
        add(stream, middle, stream.length);

        assertThat(consume()).hasSize(1000 - before);
        assertThat(allocator.bytes).as("one row of 21 bytes is copied").isLessThan(100);
    }

    @Test
    void theWorkForALongMessageIsLinearInItsBytes() {
        byte[] stream =
                new BackendMessages().dataRow((Object) new byte[40_000_000]).toBytes();

        for (int at = 0; at < stream.length; at += 10_000) {
            add(stream, at, Math.min(stream.length, at + 10_000));
            if (at + 10_000 < stream.length) {
                assertThat(consume()).isEmpty();
            }
        }

        assertThat(consume()).hasSize(1);
        assertThat(allocator.bytes).as("growth by doubling").isLessThan(5L * stream.length);
    }

    @Test
    void nothingIsAllocatedForALengthThatIsOnlyAnnounced() {
        add(new BackendMessages()
                .rawWithLength('D', MessageLimits.PROTOCOL_MAXIMUM, new byte[1000])
                .toBytes());

        assertThat(consume()).isEmpty();
        assertThat(allocator.bytes).isLessThan(5000);
    }

    // ---- messages that stay

    @Test
    void aMessageThatWasNotFinishedIsOfferedAgain() {
        byte[] stream = shortStream();
        for (int split = 0; split <= stream.length; split++) {
            add(stream, 0, split);
            List<String> messages = new ArrayList<>();
            for (int round = 0; round < 2; round++) {
                while (inbound.next(reader)) {
                    String first = describe();
                    assertThat(inbound.next(reader)).isTrue();
                    assertThat(describe()).isEqualTo(first);
                    messages.add(first);
                    reader.finish();
                }
                if (round == 0) {
                    add(stream, split, stream.length);
                }
            }
            assertThat(messages).hasSize(5);
        }
    }

    @Test
    void whatArrivesBehindAMessageThatWaitsStaysInOrder() {
        byte[] stream = shortStream();
        List<String> expected = whole(stream);
        add(stream, 0, 7);
        consume();
        add(stream, 7, 21);
        assertThat(inbound.next(reader)).isTrue();
        add(stream, 21, 22);
        add(stream, 22, stream.length);

        assertThat(inbound.next(reader)).isTrue();
        assertThat(consume()).isEqualTo(expected.subList(1, 5));
    }

    @Test
    void releaseLeavesNothingWhateverWasThere() {
        byte[] stream = longStream();
        for (int split : new int[] {1, 6, 30, stream.length / 2, stream.length - 1}) {
            add(stream, 0, split);
            consume();
            add(stream, split, stream.length);
            add(shortStream());

            inbound.release();

            assertThat(inbound.next(reader)).isFalse();
            assertThat(arrived).allMatch(buffer -> buffer.refCnt() == 0);
        }
    }

    @Test
    void aLengthThatCannotBeIsAViolationInEverySplit() {
        byte[] stream = new BackendMessages()
                .bindComplete()
                .rawWithLength('Z', 3, new byte[] {'I'})
                .toBytes();
        for (int split = 0; split < 10; split++) {
            add(stream, 0, split);
            consume();
            add(stream, split, stream.length);

            assertThatThrownBy(this::consume)
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessageContaining("length 3");

            inbound.release();
        }
    }
}
