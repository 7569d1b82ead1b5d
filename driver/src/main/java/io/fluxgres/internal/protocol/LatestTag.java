package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The tag that was read last. Most executions end with that of the one before, which is recognized by its bytes: two words,
 * which may overlap, hold all of them. Confined to the event loop.
 */
final class LatestTag {

    private static final int SHORTEST = Long.BYTES;
    private static final int LONGEST = 2 * Long.BYTES;

    private @Nullable CommandTag tag;
    private int length;
    private long firstBytes;
    private long lastBytes;

    /** Reads the body of CommandComplete. */
    CommandTag read(BackendReader in) {
        int bodyLength = in.remaining();
        if (bodyLength < SHORTEST || bodyLength > LONGEST) {
            return CommandTag.read(in);
        }
        ByteBuf buffer = in.buffer();
        int start = in.position();
        long first = buffer.getLong(start);
        long last = buffer.getLong(start + bodyLength - Long.BYTES);
        CommandTag known = tag;
        if (known != null && bodyLength == length && first == firstBytes && last == lastBytes) {
            in.skipBody();
            return known;
        }
        CommandTag read = CommandTag.read(in);
        // what is left of the body is a violation, which must not be passed over the next time
        if (in.remaining() == 0) {
            tag = read;
            length = bodyLength;
            firstBytes = first;
            lastBytes = last;
        }
        return read;
    }
}
