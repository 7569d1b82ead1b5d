package io.fluxgres.internal.net;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgProtocolException;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.ProtocolViolation;
import io.fluxgres.internal.protocol.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection's channel handler: the one read loop, the one flush and the one terminal path.
 *
 * <p><b>Confinement.</b> All fields are touched on the channel's event loop only, so none is volatile and nothing is
 * locked. {@link #submit}, {@link #close}, {@link #fail} and {@link #execute} may be called by any thread and hop to the
 * loop.
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
    private final DiscardWatch discards;
    /** Exchanges that may deliver again what they held back. */
    private final Queue<Exchange> resumed = new ArrayDeque<>();

    private boolean draining;
    private boolean drainScheduled;
    /** The state of the head wants no message now; what arrives stays as bytes and reading stops. */
    private boolean paused;
    /** Why the connection ends as soon as what has arrived is consumed. */
    private @Nullable PgException inputEnd;
    /** Why the connection has ended. */
    private @Nullable PgException end;

    private boolean finished;

    Wire(Channel channel, WireLimits limits, WireListener listener) {
        Ledger ledger = new Ledger();
        this.channel = channel;
        this.listener = listener;
        this.reader = new BackendReader(limits.messages());
        this.writer = new FrontendWriter(channel.alloc(), ledger);
        this.inbound = new InboundBuffer(channel.alloc());
        this.exchanges = new ExchangeQueue(listener, ledger, limits.pipeline());
        this.discards = new DiscardWatch(this, exchanges, listener, limits.discard());
    }

    // ---- from any thread

    /** Queues an exchange behind those submitted before. */
    public void submit(Exchange exchange) {
        if (inEventLoop()) {
            enqueue(exchange);
        } else if (!execute(() -> enqueue(exchange))) {
            exchange.onFailure(new PgConnectionException("the event loop was shut down", true, null, null), false);
        }
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
        if (inEventLoop()) {
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

    /** Runs an action on the event loop after a while, in nanoseconds. */
    public Future<?> schedule(Runnable action, long delay) {
        return channel.eventLoop().schedule(action, delay, TimeUnit.NANOSECONDS);
    }

    /** Returns the event loop to which all of this is confined. */
    public Executor eventLoop() {
        return channel.eventLoop();
    }

    public boolean inEventLoop() {
        return channel.eventLoop().inEventLoop();
    }

    /** Whether the socket is connected, and whoever is on the event loop has not ended it just now. */
    public boolean isActive() {
        return channel.isActive() && !(inEventLoop() && (end != null || inputEnd != null));
    }

    /** Runs an action when the socket is closed: at once if it is. */
    public void onClosed(Runnable action) {
        channel.closeFuture().addListener(closed -> action.run());
    }

    Channel channel() {
        return channel;
    }

    // ---- from the event loop

    /** Lets an exchange deliver what it held back, and go on where its state paused or waited. */
    public void resume(Exchange exchange) {
        resumed.add(exchange);
        scheduleDrain();
    }

    /** Takes note that a written exchange is abandoned: the rest of its result is discarded, or cancelled if that is long. */
    public void onAbandoned() {
        discards.check();
        scheduleDrain();
    }

    /** Whether something in flight may change the session, its parameters among others. */
    public boolean isSessionChanging() {
        return exchanges.isSessionChanging();
    }

    /** Whether a request that has just ended without effect may be executed again: see {@link ExchangeQueue#mayRepeat}. */
    public boolean mayRepeat(boolean onlyReads) {
        return end == null && exchanges.mayRepeat(onlyReads);
    }

    /** Whether a transaction that a request has just aborted may be restored: see {@link ExchangeQueue#mayRestore}. */
    public boolean mayRestore() {
        return end == null && exchanges.mayRestore();
    }

    /** Executes a request again, in front of all that are not written. */
    public void resubmit(Exchange exchange) {
        exchanges.addFirst(exchange);
        scheduleDrain();
    }

    /**
     * Whether the head must be read on although nobody requests its rows: another request waits behind it. That the server
     * does not read what we write, because we do not read, is no reason: with nothing behind the head it is the head's own.
     */
    public boolean isHeadAwaited() {
        return isReadRequired() || exchanges.isAnyUnsent();
    }

    /** The same, without the requests that are not written and can still be failed as not executed. */
    public boolean isReadRequired() {
        return exchanges.isWrittenBehindHead();
    }

    /** Returns how many exchanges were submitted and have not ended. */
    public int pending() {
        return exchanges.size();
    }

    /** Whether nothing is written now behind what is in flight: its result is stalled, or it is being cancelled. */
    public boolean isPaused() {
        return exchanges.isHeadStalled() || discards.isCancelPending();
    }

    /** Whether nothing is written now behind what is in flight, because its result is discarded. */
    public boolean isDiscarding() {
        return exchanges.isHeadAbandoned();
    }

    /** Whether a rollback waits to be written, for which nothing is worth being kept. */
    public boolean isRollbackUnsent() {
        return exchanges.isRollbackUnsent();
    }

    /** Fails every request that is not written. */
    public void failUnsent(PgException reason) {
        exchanges.failUnsent(reason);
    }

    /**
     * Asks the server to cancel what it executes, if a single request is in flight.
     *
     * @param closed run when the request was handed on, or at once if there is nothing to cancel
     */
    public void cancelHead(Runnable closed) {
        discards.cancelNow(closed);
    }

    private void enqueue(Exchange exchange) {
        PgException reason = end == null ? inputEnd : end;
        if (reason != null) {
            exchange.onFailure(reason, false);
            return;
        }
        exchanges.add(exchange);
        if (exchange.isRollback()) {
            discards.check();
        }
        // a paused head is read on, so that the new request is not kept waiting by a subscriber that is slow
        paused = false;
        if (!draining) {
            scheduleDrain();
        }
    }

    /** Drains at the end of this turn of the loop, so that what is submitted in one turn leaves in one write. */
    void scheduleDrain() {
        if (!draining && !drainScheduled) {
            drainScheduled = true;
            channel.eventLoop().execute(() -> {
                drainScheduled = false;
                drain();
            });
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        discards.onRead(buffer.readableBytes());
        inbound.add(buffer);
        drain();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inputEnded(new PgConnectionException(
                "the connection was closed by the server" + listener.peer(), false, null, null));
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        inputEnded(
                new PgConnectionException("the connection was lost: " + reason + listener.peer(), false, null, cause));
    }

    private void inputEnded(PgException reason) {
        if (inputEnd == null) {
            inputEnd = reason;
            inbound.moveToHeap();
        }
        if (exchanges.isWrittenBehindHead()) {
            paused = false;
        }
        drain();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            boolean pausedAhead;
            do {
                deliverResumed();
                readMessages();
                pausedAhead = paused;
                if (end == null && inputEnd != null && paused) {
                    // what has arrived is still consumed as it is requested, but nothing more can be sent
                    exchanges.failUnsent(inputEnd);
                }
                if (end == null && isReading()) {
                    end = inputEnd;
                }
                if (end == null && inputEnd == null) {
                    exchanges.writeMore(writer);
                }
                writeRequests();
            } while (!resumed.isEmpty() || (pausedAhead && !paused));
        } catch (ProtocolViolation violation) {
            end = new PgProtocolException(String.valueOf(violation.getMessage()), violation);
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
            } else if (channel.config().isAutoRead() != isReading()) {
                channel.config().setAutoRead(isReading());
            }
        }
    }

    private void deliverResumed() {
        for (Exchange next = resumed.poll(); next != null; next = resumed.poll()) {
            paused = false;
            next.onResume();
        }
    }

    private void readMessages() {
        while (isReading() && end == null && inbound.next(reader)) {
            Signal signal = exchanges.route(reader, writer);
            if (signal == Signal.PAUSE) {
                paused = true;
                return;
            }
            reader.finish();
            if (signal == Signal.DONE) {
                exchanges.onDone();
                discards.check();
            } else if (signal == Signal.AWAIT) {
                paused = true;
                exchanges.onAwait();
            }
        }
    }

    /** A request that is refused tells its subscriber, who may close: so the end is looked at for each. */
    private void writeRequests() {
        boolean written = true;
        while (written && end == null && inputEnd == null && !discards.isCancelPending()) {
            written = exchanges.writeNext(writer);
        }
    }

    private boolean isReading() {
        return !paused && !discards.isReadingHeld();
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
            discards.end();
            channel.close();
            exchanges.fail(reason);
            listener.onEnd(reason);
        }
    }
}
