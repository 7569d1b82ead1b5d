package io.fluxgres.internal.net;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgProtocolException;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.MessageLimits;
import io.fluxgres.internal.protocol.ProtocolViolation;
import io.fluxgres.internal.protocol.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One connection's channel handler: the one read loop, the one flush and the one terminal path.
 *
 * <p><b>Confinement.</b> All fields are touched on the channel's event loop only, so none is volatile and nothing is
 * locked. The public methods may be called by any thread and hop to the loop.
 *
 * <p><b>Re-entrancy.</b> There is one {@link #drain}, guarded by a flag. What user code does from within a signal
 * (request, cancel, submit, close) only records; the drain that is running sees to it. So no call nests in another and
 * nothing that a call still uses is released under it.
 *
 * <p><b>Buffers.</b> Inbound buffers belong to {@link InboundBuffer}; messages borrow them. What the writer has collected
 * goes to the channel in one write and one flush at the end of a drain.
 */
public final class Wire extends ChannelInboundHandlerAdapter {

    private final Channel channel;
    private final WireListener listener;
    private final BackendReader reader;
    private final FrontendWriter writer;
    private final InboundBuffer inbound;
    private final ExchangeQueue exchanges;

    private boolean draining;
    private boolean drainScheduled;
    /** The state in progress wants no message now; what arrives stays as bytes and reading stops. */
    private boolean paused;
    /** Why the connection ends as soon as what has arrived is consumed. */
    private @Nullable PgException inputEnd;
    /** Why the connection has ended. */
    private @Nullable PgException end;

    private boolean finished;

    Wire(Channel channel, MessageLimits limits, WireListener listener) {
        Ledger ledger = new Ledger();
        this.channel = channel;
        this.listener = listener;
        this.reader = new BackendReader(limits);
        this.writer = new FrontendWriter(channel.alloc(), ledger);
        this.inbound = new InboundBuffer(channel.alloc());
        this.exchanges = new ExchangeQueue(listener, ledger);
    }

    /** Queues an exchange behind those submitted before. */
    public void submit(Exchange exchange) {
        if (!execute(() -> enqueue(exchange))) {
            exchange.onFailure(new PgConnectionException("the event loop was shut down", true, null, null), false);
        }
    }

    /** Offers the message again that a state paused at, or goes on behind AWAIT. */
    public void resume() {
        execute(() -> {
            paused = false;
            scheduleDrain();
        });
    }

    /** Ends the connection on behalf of the caller: with Terminate, if the server can still be told. */
    public void close() {
        execute(() -> {
            if (end == null && reader.isAuthenticated()) {
                writer.terminate();
            }
            terminate(new PgConnectionException("the connection was closed by the caller", true, null, null));
        });
    }

    /** Ends the connection because of {@code reason}. */
    public void fail(PgException reason) {
        execute(() -> terminate(reason));
    }

    /**
     * Runs an action on the event loop: at once if the caller is on it.
     *
     * @return false if the loop was shut down: its channels are closed then and their exchanges have been told
     */
    public boolean execute(Runnable action) {
        if (channel.eventLoop().inEventLoop()) {
            action.run();
            return true;
        }
        try {
            channel.eventLoop().execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Returns the channel, to ask for its state and for its close. */
    public Channel channel() {
        return channel;
    }

    private void enqueue(Exchange exchange) {
        if (end != null) {
            exchange.onFailure(end, false);
            return;
        }
        exchanges.add(exchange);
        if (!draining) {
            scheduleDrain();
        }
    }

    /** Drains at the end of this turn of the loop, so that what is submitted in one turn leaves in one write. */
    private void scheduleDrain() {
        if (!drainScheduled) {
            drainScheduled = true;
            channel.eventLoop().execute(() -> {
                drainScheduled = false;
                drain();
            });
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        inbound.add((ByteBuf) message);
        drain();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inputEnded(new PgConnectionException("the connection was closed by the server", false, null, null));
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        inputEnded(new PgConnectionException("the connection was lost: " + cause.getMessage(), false, null, cause));
    }

    private void inputEnded(PgException reason) {
        if (inputEnd == null) {
            inputEnd = reason;
        }
        drain();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            if (end == null) {
                readMessages();
            }
            if (end == null && !paused) {
                end = inputEnd;
            }
            if (end == null) {
                exchanges.write(writer);
            }
        } catch (ProtocolViolation violation) {
            end = new PgProtocolException(violation.getMessage(), violation);
        } catch (PgException reason) {
            end = reason;
        } catch (RuntimeException | Error failure) {
            end = new PgConnectionException("the driver failed: " + failure, false, null, failure);
            if (failure instanceof VirtualMachineError) {
                throw failure;
            }
        } finally {
            draining = false;
            flush();
            if (end != null) {
                finish(end);
            } else if (channel.config().isAutoRead() == paused) {
                channel.config().setAutoRead(!paused);
            }
        }
    }

    private void readMessages() {
        while (!paused && end == null && inbound.next(reader)) {
            Signal signal = exchanges.route(reader, writer);
            if (signal == Signal.PAUSE) {
                paused = true;
                return;
            }
            reader.finish();
            if (signal == Signal.DONE) {
                exchanges.onDone();
            } else if (signal == Signal.AWAIT) {
                paused = true;
                exchanges.onAwait();
            }
        }
    }

    private void flush() {
        ByteBuf written = writer.take();
        if (written == null) {
            return;
        }
        if (written.isReadable()) {
            channel.writeAndFlush(written, channel.voidPromise());
        } else {
            written.release();
        }
    }

    /** Records why the connection ends; the drain that is running, or one that starts now, ends it. */
    private void terminate(PgException reason) {
        if (end == null) {
            end = reason;
            drain();
        }
    }

    /** The one terminal path; what arrives behind the end is only released. */
    private void finish(PgException reason) {
        inbound.release();
        if (!finished) {
            finished = true;
            channel.close();
            exchanges.fail(reason);
            listener.onEnd(reason);
        }
    }
}
