package io.fluxgres.internal.protocol;

import io.fluxgres.internal.protocol.ExtendedQueryState.Describe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that was written and the state that reads its answer, as the read loop drives it: ReadyForQuery pays the ledger,
 * which must balance when the conversation is done, and each message that was consumed is ended.
 */
final class Conversation {

    private final RecordingSink sink = new RecordingSink();
    private final Ledger ledger = new Ledger();
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final FrontendWriter out = new FrontendWriter(allocator, ledger);
    private final BackendState state;
    private final Feed feed;
    private long due;

    private Conversation(Function<RecordingSink, BackendState> state) {
        this.state = state.apply(sink);
        this.feed = new Feed(new InReadLoop(), out);
    }

    /** Behind a Query. */
    static Conversation simpleQuery() {
        Conversation conversation = new Conversation(sink -> new SimpleQueryState(sink, new DataRow()));
        conversation.out.query("the SQL");
        return conversation.written();
    }

    /** Behind a group that parses, with text results and nothing in front. */
    static Conversation parsing(Describe describe) {
        return parsing(0, describe, 0);
    }

    /** Behind a group that parses. */
    static Conversation parsing(int closes, Describe describe, int resultFormat) {
        Conversation conversation = new Conversation(
                sink -> ExtendedQueryState.parsing(sink, new DataRow(), closes, describe, resultFormat));
        conversation.out.sync();
        return conversation.written();
    }

    /** Behind a group that binds a prepared statement. */
    static Conversation prepared(int closes, @Nullable RowDescription description) {
        Conversation conversation =
                new Conversation(sink -> ExtendedQueryState.prepared(sink, new DataRow(), closes, description));
        conversation.out.sync();
        return conversation.written();
    }

    /** Behind another group of this kind, read by the same state. */
    Conversation again(int closes, @Nullable RowDescription description) {
        if (!(state instanceof ExtendedQueryState ended)) {
            throw new IllegalStateException("the state cannot be used again");
        }
        ended.release();
        Conversation conversation = new Conversation(sink -> ended.again(sink, closes, description));
        conversation.out.sync();
        return conversation.written();
    }

    /** Behind a group in which statements of the driver's own precede one that is parsed and whose portal is described. */
    static Conversation prefixed(int closes, int statements) {
        Conversation conversation = new Conversation(sink -> new PrefixState(
                closes, statements, ExtendedQueryState.parsing(sink, new DataRow(), 0, Describe.PORTAL, 0)));
        conversation.out.sync();
        return conversation.written();
    }

    /** As above, with one statement in front, which returns a row. */
    static Conversation prefixedWithRow(List<String> rows) {
        Conversation conversation = new Conversation(sink -> new PrefixState(
                0,
                1,
                ExtendedQueryState.parsing(sink, new DataRow(), 0, Describe.PORTAL, 0),
                0,
                row -> rows.add(row.buffer().toString(row.offset(0), row.length(0), StandardCharsets.US_ASCII))));
        conversation.out.sync();
        return conversation.written();
    }

    /** Behind a flushed group that parses and executes the unnamed portal. */
    static Conversation parsingPortal(int fetchSize) {
        return portal(fetchSize, sink -> ExtendedQueryState.parsing(sink, new DataRow(), 0, Describe.STATEMENT, 0));
    }

    /** Behind a flushed group that binds a prepared statement and executes the unnamed portal. */
    static Conversation preparedPortal(int fetchSize, @Nullable RowDescription description) {
        return portal(fetchSize, sink -> ExtendedQueryState.prepared(sink, new DataRow(), 0, description));
    }

    private static Conversation portal(int fetchSize, Function<RecordingSink, ExtendedQueryState> group) {
        Conversation conversation = new Conversation(sink -> new PortalState(group.apply(sink), sink, fetchSize));
        conversation.out.flushOpenGroup();
        return conversation.written();
    }

    /** Behind a group that binds a prepared statement and executes a named portal. */
    static Conversation firstChunk(int fetchSize, @Nullable RowDescription description) {
        return chunk(fetchSize, sink -> ExtendedQueryState.prepared(sink, new DataRow(), 0, description));
    }

    /** Behind a group that executes a named portal again. */
    static Conversation nextChunk(int fetchSize, RowDescription description) {
        return chunk(fetchSize, sink -> ExtendedQueryState.executing(sink, new DataRow(), description));
    }

    private static Conversation chunk(int fetchSize, Function<RecordingSink, ExtendedQueryState> group) {
        Conversation conversation = new Conversation(sink -> new PortalChunkState(group.apply(sink), sink, fetchSize));
        conversation.out.sync();
        return conversation.written();
    }

    /** Behind Close of a portal and Sync. */
    static Conversation closePortal() {
        Conversation conversation = new Conversation(sink -> new ClosePortalState());
        conversation.out.sync();
        return conversation.written();
    }

    /** Behind Parse, Describe and Sync. */
    static Conversation prepare() {
        Conversation conversation = new Conversation(sink -> new PrepareState());
        conversation.out.sync();
        return conversation.written();
    }

    /** Behind a batch, or a part of it: what is said to be written is up to {@code writing}. */
    static Conversation batch(int closes, Consumer<BatchState> writing) {
        Conversation conversation = new Conversation(sink -> {
            BatchState state = new BatchState(sink, new DataRow(), closes);
            writing.accept(state);
            return state;
        });
        conversation.out.sync();
        return conversation.written();
    }

    private Conversation written() {
        due = ledger.due();
        Objects.requireNonNull(out.take()).release();
        return this;
    }

    /** Lets messages arrive. */
    Conversation play(byte[]... messages) {
        feed.play(Wire.join(messages));
        return this;
    }

    Feed feed() {
        return feed;
    }

    RecordingSink sink() {
        return sink;
    }

    List<String> events() {
        return sink.events();
    }

    BackendState state() {
        return state;
    }

    BatchState batchState() {
        return (BatchState) state;
    }

    PrepareState prepareState() {
        return (PrepareState) state;
    }

    Ledger ledger() {
        return ledger;
    }

    /** Takes what the state answered to the server since the last call. */
    byte[] sent() {
        ByteBuf taken = out.take();
        if (taken == null) {
            return new byte[0];
        }
        byte[] bytes = new byte[taken.readableBytes()];
        taken.readBytes(bytes);
        taken.release();
        return bytes;
    }

    /** Takes the same, in short: {@code E3 H} is Execute for three rows and Flush, {@code C S} is Close and Sync. */
    String sentInShort() {
        ByteBuffer sent = ByteBuffer.wrap(sent());
        StringJoiner messages = new StringJoiner(" ");
        while (sent.hasRemaining()) {
            char type = (char) sent.get();
            int end = sent.position() + sent.getInt();
            messages.add(type == 'E' ? "E" + sent.getInt(end - 4) : String.valueOf(type));
            sent.position(end);
        }
        return messages.toString();
    }

    /** Returns the bytes of the buffers that the writer made and nobody released. */
    long usedMemory() {
        return allocator.metric().usedHeapMemory();
    }

    /** Returns all that the conversation said and did, to compare it with another; takes what was sent. */
    List<String> outcome() {
        List<String> outcome = new ArrayList<>(events());
        if (state instanceof PrepareState prepare) {
            ParameterDescription parameters = prepare.parameters();
            RowDescription columns = prepare.columns();
            outcome.add("parameters " + (parameters == null ? null : RecordingSink.typeOids(parameters)));
            outcome.add("columns " + (columns == null ? null : RecordingSink.columns(columns)));
            outcome.add("error " + prepare.error());
        }
        outcome.add("signals " + feed.signals());
        outcome.add("sent " + HexFormat.of().formatHex(sent()));
        outcome.add("owed " + ledger.owed() + ", status " + state.transactionStatus());
        return outcome;
    }

    private final class InReadLoop implements BackendState {

        @Override
        public Signal onMessage(BackendReader in, FrontendWriter writer) {
            if (in.type() == BackendMessage.READY_FOR_QUERY) {
                ledger.received();
            }
            Signal signal = state.onMessage(in, writer);
            if (signal != Signal.PAUSE) {
                in.finish();
            }
            if (signal == Signal.DONE) {
                ledger.requireBalance(due);
            }
            return signal;
        }

        @Override
        public TransactionStatus transactionStatus() {
            return state.transactionStatus();
        }
    }
}
