package io.fluxgres.internal.protocol;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One statement by the extended protocol, in one group that its own Sync ends.
 *
 * <pre>
 * sent     = Close* [Parse [Describe statement]] Bind [Describe portal] Execute Sync
 *
 * group    = CloseComplete* [ParseComplete [ParameterDescription description]] BindComplete [description]
 *            execution ReadyForQuery
 *          | a beginning of the above, ErrorResponse, ReadyForQuery
 * description = RowDescription | NoData
 * execution   = DataRow* (CommandComplete | EmptyQueryResponse)
 *             | CopyInResponse  (answered by CopyFail and a second Sync)  ErrorResponse  [ReadyForQuery]
 *             | CopyOutResponse CopyData* CopyDone CommandComplete
 * </pre>
 *
 * <p>After an error the server skips everything to the Sync, so ReadyForQuery is all that may follow it. In COPY IN the
 * server swallows the Sync that came with the group and answers only the one behind CopyFail. But if it fails before it reads
 * its input, as COPY into a view does, both are answered. The error tells: that of CopyFail repeats our reason. CockroachDB
 * sends RowDescriptions without columns during CALL; they are accepted before the first row.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY">Extended Query</a>
 */
public final class ExtendedQueryState implements BackendState {

    /** What the group asks the server to describe. */
    public enum Describe {
        /** Nothing: the columns are known from an earlier description of the same prepared statement. */
        NOTHING,
        /** The statement, between Parse and Bind; its format codes are always 0. */
        STATEMENT,
        /** The portal, behind Bind; its format codes are those of the rows. */
        PORTAL
    }

    private enum Phase {
        /** Close messages are in front. */
        CLOSE,
        PARSE,
        PARAMETERS,
        STATEMENT_COLUMNS,
        BIND,
        PORTAL_COLUMNS,
        EXECUTE,
        /** CopyFail and a second Sync were sent; the server answers with an error. */
        COPY_FAILED,
        /** The error came before the server read the first Sync as input of COPY. */
        SYNC_NOT_SWALLOWED,
        /** The data of COPY TO STDOUT is being dropped. */
        COPY_OUT,
        /** Behind CopyDone. */
        COPY_OUT_DONE,
        /** Behind the end of the execution. */
        SYNC,
        /** Behind ErrorResponse. */
        FAILED,
        /** Behind ReadyForQuery. */
        DONE
    }

    private final DataRow row;
    private final boolean parse;
    private final Describe describe;
    private final int resultFormat;

    /** Null while the state is kept to be used again. */
    private @Nullable ResultSink sink;

    private Phase phase;
    private int closes;
    private @Nullable RowDescription description;
    private boolean rowSeen;
    private TransactionStatus transactionStatus = TransactionStatus.IDLE;

    private ExtendedQueryState(
            ResultSink sink,
            DataRow row,
            int closes,
            boolean parse,
            Describe describe,
            int resultFormat,
            @Nullable RowDescription description) {
        this.sink = sink;
        this.row = row;
        this.closes = closes;
        this.parse = parse;
        this.describe = describe;
        this.resultFormat = resultFormat;
        this.description = description;
        this.phase = closes > 0 ? Phase.CLOSE : afterClose();
    }

    /**
     * Starts behind a group that parses the statement.
     *
     * @param row the flyweight to push rows with; may be shared by the conversations of a connection
     * @param closes the Close messages in front of Parse
     * @param describe what is described: the statement or the portal
     * @param resultFormat the format code that Bind asks for
     */
    public static ExtendedQueryState parsing(
            ResultSink sink, DataRow row, int closes, Describe describe, int resultFormat) {
        return new ExtendedQueryState(sink, row, closes, true, describe, resultFormat, null);
    }

    /**
     * Starts behind a group that binds a prepared statement.
     *
     * @param row the flyweight to push rows with; may be shared by the conversations of a connection
     * @param closes the Close messages in front of Bind
     * @param description the columns in the format that Bind asks for, null if the statement returns no rows
     */
    public static ExtendedQueryState prepared(
            ResultSink sink, DataRow row, int closes, @Nullable RowDescription description) {
        return new ExtendedQueryState(sink, row, closes, false, Describe.NOTHING, 0, description);
    }

    /**
     * Starts behind a group that executes a portal again.
     *
     * @param row the flyweight to push rows with; may be shared by the conversations of a connection
     * @param description the columns that were pushed when the portal was bound
     */
    public static ExtendedQueryState executing(ResultSink sink, DataRow row, RowDescription description) {
        ExtendedQueryState state = new ExtendedQueryState(sink, row, 0, false, Describe.NOTHING, 0, description);
        state.phase = Phase.EXECUTE;
        return state;
    }

    /** Lets go of the sink, if the conversation has ended and the state can be used {@link #again}; returns whether it can. */
    public boolean release() {
        if (phase != Phase.DONE || parse) {
            return false;
        }
        sink = null;
        description = null;
        return true;
    }

    /** Starts as {@link #prepared}; the state was released. */
    public ExtendedQueryState again(ResultSink next, int inFront, @Nullable RowDescription columns) {
        if (sink != null) {
            throw new IllegalStateException("the state is in use: " + phase);
        }
        sink = next;
        closes = inFront;
        description = columns;
        rowSeen = false;
        phase = closes > 0 ? Phase.CLOSE : afterClose();
        return this;
    }

    private Phase afterClose() {
        return parse ? Phase.PARSE : Phase.BIND;
    }

    private ResultSink sink() {
        return Objects.requireNonNull(sink);
    }

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.DATA_ROW -> {
                return onDataRow(in);
            }
            case BackendMessage.CLOSE_COMPLETE -> {
                require(in, phase == Phase.CLOSE);
                closes--;
                phase = closes > 0 ? Phase.CLOSE : afterClose();
            }
            case BackendMessage.PARSE_COMPLETE -> {
                require(in, phase == Phase.PARSE);
                sink().onParseComplete();
                phase = describe == Describe.STATEMENT ? Phase.PARAMETERS : Phase.BIND;
            }
            case BackendMessage.PARAMETER_DESCRIPTION -> {
                require(in, phase == Phase.PARAMETERS);
                sink().onParameterDescription(ParameterDescription.read(in));
                phase = Phase.STATEMENT_COLUMNS;
            }
            case BackendMessage.ROW_DESCRIPTION -> onRowDescription(in);
            case BackendMessage.NO_DATA -> onNoData(in);
            case BackendMessage.BIND_COMPLETE -> onBindComplete(in);
            case BackendMessage.COMMAND_COMPLETE -> onCommandComplete(in);
            case BackendMessage.EMPTY_QUERY_RESPONSE -> {
                require(in, phase == Phase.EXECUTE && !rowSeen);
                sink().onEmptyQuery();
                phase = Phase.SYNC;
            }
            case BackendMessage.ERROR_RESPONSE -> onError(in, out);
            case BackendMessage.COPY_IN_RESPONSE -> {
                require(in, phase == Phase.EXECUTE && !rowSeen);
                CopyResponse.check(in);
                out.copyFail(CopyResponse.REFUSAL);
                out.syncSwallowed();
                out.sync();
                sink().onCopy(CopyDirection.IN);
                phase = Phase.COPY_FAILED;
            }
            case BackendMessage.COPY_OUT_RESPONSE -> {
                require(in, phase == Phase.EXECUTE && !rowSeen);
                CopyResponse.check(in);
                sink().onCopy(CopyDirection.OUT);
                phase = Phase.COPY_OUT;
            }
            case BackendMessage.COPY_DATA -> {
                require(in, phase == Phase.COPY_OUT);
                in.skipBody();
            }
            case BackendMessage.COPY_DONE -> {
                require(in, phase == Phase.COPY_OUT);
                phase = Phase.COPY_OUT_DONE;
            }
            case BackendMessage.READY_FOR_QUERY -> {
                return onReadyForQuery(in);
            }
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
        return Signal.CONTINUE;
    }

    private Signal onDataRow(BackendReader in) {
        RowDescription columns = description;
        if (phase != Phase.EXECUTE || columns == null) {
            throw ProtocolViolation.unexpected(phase, in.type());
        }
        switch (sink().demand()) {
            case NONE -> {
                return Signal.PAUSE;
            }
            case DISCARD -> in.skipBody();
            case ROW -> {
                row.read(in, columns.size());
                sink().onRow(row);
            }
        }
        rowSeen = true;
        return Signal.CONTINUE;
    }

    private void onRowDescription(BackendReader in) {
        switch (phase) {
            case STATEMENT_COLUMNS -> {
                RowDescription described = RowDescription.read(in);
                description = resultFormat == 0 ? described : described.withFormat(resultFormat);
                phase = Phase.BIND;
                sink().onRowDescription(description);
            }
            case PORTAL_COLUMNS -> {
                description = RowDescription.read(in);
                phase = Phase.EXECUTE;
                sink().onRowDescription(description);
            }
            case EXECUTE -> {
                require(in, !rowSeen);
                RowDescription replacement = RowDescription.read(in);
                require(in, replacement.size() == 0);
                description = replacement;
                sink().onRowDescription(replacement);
            }
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
    }

    private void onNoData(BackendReader in) {
        switch (phase) {
            case STATEMENT_COLUMNS -> phase = Phase.BIND;
            case PORTAL_COLUMNS -> phase = Phase.EXECUTE;
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
        sink().onNoData();
    }

    private void onBindComplete(BackendReader in) {
        require(in, phase == Phase.BIND);
        sink().onBindComplete();
        phase = describe == Describe.PORTAL ? Phase.PORTAL_COLUMNS : Phase.EXECUTE;
        if (describe == Describe.NOTHING && description != null) {
            sink().onRowDescription(description);
        }
    }

    private void onCommandComplete(BackendReader in) {
        require(in, phase == Phase.EXECUTE || phase == Phase.COPY_OUT_DONE);
        CommandTag tag = in.readCommandTag();
        if (phase == Phase.EXECUTE) {
            sink().onCommandComplete(tag);
        }
        phase = Phase.SYNC;
    }

    /** Consumes PortalSuspended in the place of the end of the execution, for those states that limit its rows. */
    void onPortalSuspended(BackendReader in) {
        require(in, phase == Phase.EXECUTE);
        phase = Phase.SYNC;
    }

    private void onError(BackendReader in, FrontendWriter out) {
        require(in, phase != Phase.SYNC_NOT_SWALLOWED && phase != Phase.FAILED && phase != Phase.DONE);
        ErrorFields error = ErrorFields.read(in);
        if (phase != Phase.COPY_FAILED) {
            sink().onError(error);
            phase = Phase.FAILED;
        } else if (error.message().contains(CopyResponse.REFUSAL)) {
            phase = Phase.FAILED;
        } else {
            out.syncNotSwallowed();
            phase = Phase.SYNC_NOT_SWALLOWED;
        }
    }

    private Signal onReadyForQuery(BackendReader in) {
        require(in, phase == Phase.SYNC || phase == Phase.SYNC_NOT_SWALLOWED || phase == Phase.FAILED);
        transactionStatus = TransactionStatus.read(in);
        if (phase == Phase.SYNC_NOT_SWALLOWED) {
            phase = Phase.FAILED;
            return Signal.CONTINUE;
        }
        phase = Phase.DONE;
        return Signal.DONE;
    }

    private void require(BackendReader in, boolean allowed) {
        if (!allowed) {
            throw unexpected(in);
        }
    }

    /** Returns the violation of a message that has no place in this phase. */
    ProtocolViolation unexpected(BackendReader in) {
        return ProtocolViolation.unexpected(phase, in.type());
    }

    @Override
    public TransactionStatus transactionStatus() {
        return transactionStatus;
    }
}
