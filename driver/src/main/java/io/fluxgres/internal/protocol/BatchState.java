package io.fluxgres.internal.protocol;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Many executions in one group that one Sync ends, so that the server takes them as one transaction.
 *
 * <pre>
 * sent  = Close* item* [Parse that must fail] Sync
 * item  = [Parse Describe statement] Bind Execute
 *
 * group = CloseComplete* result* ReadyForQuery
 *       | a beginning of the above, ErrorResponse, ReadyForQuery
 * result      = [ParseComplete ParameterDescription description] BindComplete DataRow* (CommandComplete | EmptyQueryResponse)
 * description = RowDescription | NoData
 * </pre>
 *
 * <p>The items are written while answers to earlier ones arrive, with a Flush behind each chunk. So this state is told of
 * each item, and of the Sync, when it is written; a result of an item that was not written is a violation. After an error
 * the server skips everything to the Sync without a message, so the first error is also the last, and whoever writes owes
 * the Sync then. COPY has no place in a batch.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-PIPELINING">Pipelining</a>
 */
public final class BatchState implements BackendState {

    private enum Phase {
        /** Close messages are in front. */
        CLOSE,
        PARSE,
        PARAMETERS,
        COLUMNS,
        BIND,
        EXECUTE,
        /** All that was written is answered; further items or the Sync will be. */
        ANSWERED,
        /** Behind the last result; the Sync was written. */
        SYNC,
        /** Behind ErrorResponse; the Sync is yet to be written. */
        FAILED,
        /** Behind ErrorResponse; the server skips to the Sync, which was written. */
        SKIPPING,
        /** Behind ReadyForQuery. */
        DONE
    }

    /** What is executed from an item on: parsed and described with it, or known with its columns. */
    private record Statement(
            long firstItem, boolean parsed, @Nullable RowDescription columns) {}

    private final ResultSink sink;
    private final DataRow row;
    private final Queue<Statement> statements = new ArrayDeque<>();

    private Phase phase;
    private int closes;
    private long written;
    private long answered;
    private boolean synced;
    private @Nullable RowDescription description;
    /** The columns are known from before and are told to the sink with the next BindComplete. */
    private boolean descriptionDue;

    private boolean rowSeen;
    private TransactionStatus transactionStatus = TransactionStatus.IDLE;

    /**
     * Starts behind the Close messages of a group.
     *
     * @param row the flyweight to push rows with; may be shared by the conversations of a connection
     * @param closes the Close messages in front
     */
    public BatchState(ResultSink sink, DataRow row, int closes) {
        this.sink = sink;
        this.row = row;
        this.closes = closes;
        this.phase = closes > 0 ? Phase.CLOSE : Phase.ANSWERED;
    }

    // ---- from whoever writes

    /** Parse, Describe, Bind and Execute were written; Bind asks for text, as does each that follows. */
    public void onParsedItemWritten() {
        statements.add(new Statement(written, true, null));
        onItemWritten();
    }

    /**
     * Bind and Execute of a statement that was prepared before the group were written.
     *
     * @param columns the columns in the format that Bind asks for, null if the statement returns no rows
     */
    public void onPreparedItemWritten(@Nullable RowDescription columns) {
        statements.add(new Statement(written, false, columns));
        onItemWritten();
    }

    /** Bind and Execute of the same statement as in the item before were written. */
    public void onItemWritten() {
        written++;
        if (phase == Phase.ANSWERED) {
            phase = nextItem();
        }
    }

    /** Sync was written. */
    public void onSyncWritten() {
        synced = true;
        if (phase == Phase.ANSWERED) {
            phase = Phase.SYNC;
        } else if (phase == Phase.FAILED) {
            phase = Phase.SKIPPING;
        }
    }

    private Phase nextItem() {
        if (answered == written) {
            return synced ? Phase.SYNC : Phase.ANSWERED;
        }
        rowSeen = false;
        Statement next = statements.peek();
        if (next == null || next.firstItem() != answered) {
            return Phase.BIND;
        }
        statements.remove();
        description = next.columns();
        descriptionDue = description != null;
        return next.parsed() ? Phase.PARSE : Phase.BIND;
    }

    // ---- from the server

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.DATA_ROW -> {
                return onDataRow(in);
            }
            case BackendMessage.CLOSE_COMPLETE -> {
                require(in, phase == Phase.CLOSE);
                closes--;
                phase = closes > 0 ? Phase.CLOSE : nextItem();
            }
            case BackendMessage.PARSE_COMPLETE -> {
                require(in, phase == Phase.PARSE);
                sink.onParseComplete();
                phase = Phase.PARAMETERS;
            }
            case BackendMessage.PARAMETER_DESCRIPTION -> {
                require(in, phase == Phase.PARAMETERS);
                sink.onParameterDescription(ParameterDescription.read(in));
                phase = Phase.COLUMNS;
            }
            case BackendMessage.ROW_DESCRIPTION -> {
                require(in, phase == Phase.COLUMNS);
                RowDescription described = RowDescription.read(in);
                description = described;
                sink.onRowDescription(described);
                phase = Phase.BIND;
            }
            case BackendMessage.NO_DATA -> {
                require(in, phase == Phase.COLUMNS);
                sink.onNoData();
                phase = Phase.BIND;
            }
            case BackendMessage.BIND_COMPLETE -> onBindComplete(in);
            case BackendMessage.COMMAND_COMPLETE -> {
                require(in, phase == Phase.EXECUTE);
                sink.onCommandComplete(in.readCommandTag());
                onItemAnswered();
            }
            case BackendMessage.EMPTY_QUERY_RESPONSE -> {
                require(in, phase == Phase.EXECUTE && !rowSeen);
                sink.onEmptyQuery();
                onItemAnswered();
            }
            case BackendMessage.ERROR_RESPONSE -> {
                require(in, phase != Phase.FAILED && phase != Phase.SKIPPING && phase != Phase.DONE);
                sink.onError(ErrorFields.read(in));
                phase = synced ? Phase.SKIPPING : Phase.FAILED;
            }
            case BackendMessage.READY_FOR_QUERY -> {
                require(in, phase == Phase.SYNC || phase == Phase.SKIPPING);
                transactionStatus = TransactionStatus.read(in);
                phase = Phase.DONE;
                return Signal.DONE;
            }
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
        return Signal.CONTINUE;
    }

    private void onBindComplete(BackendReader in) {
        require(in, phase == Phase.BIND);
        sink.onBindComplete();
        RowDescription columns = description;
        if (descriptionDue && columns != null) {
            sink.onRowDescription(columns);
            descriptionDue = false;
        }
        phase = Phase.EXECUTE;
    }

    private Signal onDataRow(BackendReader in) {
        RowDescription columns = description;
        if (phase != Phase.EXECUTE || columns == null) {
            throw ProtocolViolation.unexpected(phase, in.type());
        }
        switch (sink.demand()) {
            case NONE -> {
                return Signal.PAUSE;
            }
            case DISCARD -> in.skipBody();
            case ROW -> {
                row.read(in, columns.size());
                sink.onRow(row);
            }
        }
        rowSeen = true;
        return Signal.CONTINUE;
    }

    private void onItemAnswered() {
        answered++;
        phase = nextItem();
    }

    private void require(BackendReader in, boolean allowed) {
        if (!allowed) {
            throw ProtocolViolation.unexpected(phase, in.type());
        }
    }

    @Override
    public TransactionStatus transactionStatus() {
        return transactionStatus;
    }
}
