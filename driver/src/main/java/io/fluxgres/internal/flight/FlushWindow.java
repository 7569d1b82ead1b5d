package io.fluxgres.internal.flight;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * How far a group is written ahead of its answers. It is written in chunks with a Flush behind each, for the server answers
 * nothing before Flush or Sync; a chunk counts until the last of its items is answered.
 */
final class FlushWindow {

    /** So many, that the server works on some while others are on their way. */
    private static final int CHUNKS = 8;

    private final int limit;
    private final Queue<Chunk> chunks = new ArrayDeque<>();
    private int chunkBytes;
    private long unanswered;

    /** Items, counted from the beginning, up to which a chunk reaches. */
    private record Chunk(long items, int bytes) {}

    /**
     * Creates an empty window.
     *
     * @param limit while so many bytes are unanswered nothing is written
     */
    FlushWindow(int limit) {
        this.limit = limit;
    }

    boolean hasRoom() {
        return unanswered < limit;
    }

    /**
     * Adds an item.
     *
     * @param items the number of items up to this one
     * @return whether it ends its chunk, so that a Flush is due
     */
    boolean add(int bytes, long items) {
        unanswered += bytes;
        chunkBytes += bytes;
        return chunkBytes >= limit / CHUNKS && endChunk(items);
    }

    /**
     * Ends a chunk behind which no item is written for now.
     *
     * @return whether there was one, so that a Flush is due
     */
    boolean endChunk(long items) {
        if (chunkBytes == 0) {
            return false;
        }
        chunks.add(new Chunk(items, chunkBytes));
        chunkBytes = 0;
        return true;
    }

    /** So many items are answered. */
    void onAnswered(long items) {
        for (Chunk first = chunks.peek(); first != null && first.items() <= items; first = chunks.peek()) {
            unanswered -= chunks.remove().bytes();
        }
    }
}
