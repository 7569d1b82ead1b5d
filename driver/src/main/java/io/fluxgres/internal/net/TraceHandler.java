package io.fluxgres.internal.net;

import io.fluxgres.internal.protocol.BackendMessage;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.MessageTracer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints the messages of one connection, in both directions and as they pass: what the server sends, before the driver
 * judges it. It stands in front of the {@link Wire}, and only on connections that are traced.
 *
 * <p>Messages of the server are copied out of the arriving buffers one by one, up to a length; of longer ones only the
 * header is printed.
 *
 * <p>Confined to the event loop. Borrows the buffers that pass, owns its copy.
 */
final class TraceHandler extends ChannelDuplexHandler {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.protocol");
    private static final int LONGEST = 64 * 1024;

    private final MessageTracer tracer;
    private final Consumer<String> lines;
    private boolean startupSent;

    /** The message of the server that is arriving. */
    private @Nullable ByteBuf partial;
    /** The bytes of it in all, as far as is known. */
    private int needed = BackendReader.HEADER_LENGTH;
    /** The bytes of a message that is too long to be printed and that are still to come. */
    private int skipped;
    /** The server sends what has no length, which the driver ends the connection for. */
    private boolean lost;

    /**
     * Creates a handler.
     *
     * @param sqlHoldsValues whether the SQL of Query messages may hold values of parameters, so that it is not printed
     */
    TraceHandler(Consumer<String> lines, boolean sqlHoldsValues) {
        this.lines = lines;
        this.tracer =
                sqlHoldsValues ? MessageTracer.withoutValuesAndQueries(lines) : MessageTracer.withoutValues(lines);
    }

    /** Whether connections that are made now are traced. */
    static boolean isEnabled() {
        return LOG.isTraceEnabled();
    }

    /** Returns the log, with the name of the connection in front of each line. */
    static Consumer<String> log(String connection) {
        return line -> LOG.trace("{} {}", connection, line);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf messages) {
            frontend(messages.duplicate());
        }
        context.write(message, promise);
    }

    /** The first message of a connection, StartupMessage or CancelRequest, has no type byte. */
    private void frontend(ByteBuf messages) {
        if (!startupSent) {
            startupSent = true;
            tracer.frontendUntyped(messages);
            messages.skipBytes(messages.getInt(messages.readerIndex()));
        }
        tracer.frontend(messages);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf arrived && !lost) {
            backend(context, arrived.duplicate());
        }
        context.fireChannelRead(message);
    }

    private void backend(ChannelHandlerContext context, ByteBuf arrived) {
        ByteBuf copy = partial;
        if (copy == null) {
            copy = context.alloc().buffer(BackendReader.HEADER_LENGTH);
            partial = copy;
        }
        while (arrived.isReadable() && !lost) {
            if (skipped > 0) {
                int passing = Math.min(skipped, arrived.readableBytes());
                arrived.skipBytes(passing);
                skipped -= passing;
                continue;
            }
            int lacking = needed - copy.readableBytes();
            copy.writeBytes(arrived, Math.min(lacking, arrived.readableBytes()));
            if (copy.readableBytes() == BackendReader.HEADER_LENGTH && needed == BackendReader.HEADER_LENGTH) {
                onHeader(copy);
            }
            if (copy.readableBytes() == needed) {
                tracer.backend(copy);
                begin(copy);
            }
        }
    }

    private void begin(ByteBuf copy) {
        copy.clear();
        needed = BackendReader.HEADER_LENGTH;
    }

    /** Learns from a header how long the message is. */
    private void onHeader(ByteBuf copy) {
        int length = copy.getInt(1);
        if (length < 4) {
            lines.accept("B\t" + length + "\tUnknown message");
            lost = true;
            copy.clear();
        } else if (length > LONGEST) {
            lines.accept("B\t" + length + "\t" + BackendMessage.name(copy.getByte(0)) + "\t (too long to be printed)");
            skipped = length - 4;
            begin(copy);
        } else {
            needed = 1 + length;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (partial != null) {
            partial.release();
            partial = null;
        }
        lost = true;
    }
}
