package io.fluxgres.internal.net;

import io.fluxgres.internal.protocol.BackendReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that have arrived and are not consumed, offered message by message.
 *
 * <p>Messages are parsed in place in the arriving buffers. Only a message that two buffers share is copied, into one
 * contiguous buffer that grows with the bytes received, never with the length that a header announces; so the work is
 * linear in the bytes read.
 *
 * <p>Confined to the event loop. Owns every buffer given to {@link #add} until it is consumed or {@link #release} is
 * called.
 */
final class InboundBuffer {

    private final ByteBufAllocator allocator;
    /** What arrived while a result was paused; rarely more than one buffer. */
    private final Queue<ByteBuf> arrived = new ArrayDeque<>();

    private @Nullable ByteBuf current;
    /** The beginning of a message whose end has not arrived or is in {@link #current}. */
    private @Nullable ByteBuf partial;

    InboundBuffer(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes over a buffer that arrived. */
    void add(ByteBuf buffer) {
        if (current == null) {
            current = buffer;
        } else {
            arrived.add(buffer);
        }
    }

    /**
     * Frames the next message in {@code reader}.
     *
     * @return false if more bytes must arrive first
     */
    boolean next(BackendReader reader) {
        while (true) {
            if (partial != null && !partial.isReadable()) {
                partial.release();
                partial = null;
            }
            if (partial != null) {
                if (reader.next(partial)) {
                    return true;
                }
                if (!complete(partial, reader.needed())) {
                    return false;
                }
            } else if (current == null) {
                return false;
            } else if (reader.next(current)) {
                return true;
            } else {
                setAside(current);
            }
        }
    }

    /** Copies what the partial message lacks of {@code needed} bytes; false if nothing has arrived to copy. */
    private boolean complete(ByteBuf message, int needed) {
        ByteBuf source = current;
        if (source == null) {
            return false;
        }
        int length = Math.min(needed - message.readableBytes(), source.readableBytes());
        makeRoom(message, length, needed);
        message.writeBytes(source, length);
        if (!source.isReadable()) {
            advance(source);
        }
        return true;
    }

    /** Doubles the capacity if need be; left to itself, a buffer of more than 4 MiB grows by 4 MiB at a time. */
    private static void makeRoom(ByteBuf message, int length, int needed) {
        if (length > message.writableBytes()) {
            int enough = message.writerIndex() + length;
            int most = message.readerIndex() + needed;
            message.capacity((int) Math.min(most, Math.max(enough, 2L * message.capacity())));
        }
    }

    /** Moves the beginning of a message out of a buffer that ends within it. */
    private void setAside(ByteBuf buffer) {
        if (buffer.isReadable()) {
            partial = allocator.buffer(buffer.readableBytes() * 2);
            partial.writeBytes(buffer);
        }
        advance(buffer);
    }

    private void advance(ByteBuf consumed) {
        consumed.release();
        current = arrived.poll();
    }

    /**
     * Moves what was not consumed to memory of its own, so that the buffers go back to their pool however long it takes
     * until it is consumed.
     */
    void moveToHeap() {
        if (current != null) {
            current = onHeap(current);
        }
        for (int i = arrived.size(); i > 0; i--) {
            arrived.add(onHeap(arrived.remove()));
        }
        if (partial != null) {
            partial = onHeap(partial);
        }
    }

    private static ByteBuf onHeap(ByteBuf pooled) {
        ByteBuf heap = Unpooled.buffer(pooled.readableBytes()).writeBytes(pooled);
        pooled.release();
        return heap;
    }

    /** Releases all that was not consumed. */
    void release() {
        while (current != null) {
            advance(current);
        }
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}
