package io.fluxgres.internal.protocol;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Statements of the driver's own, such as BEGIN, in front of a request and under its Sync.
 *
 * <pre>
 * sent   = Close* (Parse Bind Execute)+ request
 *
 * group  = CloseComplete* (ParseComplete BindComplete DataRow? CommandComplete)+ the answers to the request
 *        | a beginning of the above, ErrorResponse, ReadyForQuery
 * </pre>
 *
 * <p>One of the statements may return a row, of one column. If one fails the server skips the request, so the error is for the request's state, as
 * if its first message had failed.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY">Extended Query</a>
 */
public final class PrefixState implements BackendState {

    private enum Phase {
        /** Close messages are in front. */
        CLOSE,
        PARSE,
        BIND,
        EXECUTE,
        /** Behind the row. */
        ROW
    }

    private static final int NO_ROW = -1;

    private final BackendState request;

    private Phase phase;
    private int closes;
    private int statements;
    private int untilRow;
    private final @Nullable Consumer<DataRow> rowSink;
    private boolean failed;
    private boolean failedInLast;

    /**
     * Starts behind a group that was sent.
     *
     * @param closes the Close messages in front
     * @param statements how many statements there are, one at least
     * @param request consumes what follows the statements
     */
    public PrefixState(int closes, int statements, BackendState request) {
        this(closes, statements, request, NO_ROW, null);
    }

    /**
     * Starts behind a group of which one statement returns a row.
     *
     * @param rowAt the index of this statement
     * @param rowSink takes the row, which is valid for the call only
     */
    public PrefixState(
            int closes, int statements, BackendState request, int rowAt, @Nullable Consumer<DataRow> rowSink) {
        this.untilRow = rowAt;
        this.rowSink = rowSink;
        this.closes = closes;
        this.statements = statements;
        this.request = request;
        this.phase = closes > 0 ? Phase.CLOSE : Phase.PARSE;
    }

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        if (statements == 0) {
            return request.onMessage(in, out);
        }
        switch (in.type()) {
            case BackendMessage.CLOSE_COMPLETE -> {
                closes--;
                advance(in, Phase.CLOSE, closes > 0 ? Phase.CLOSE : Phase.PARSE);
            }
            case BackendMessage.PARSE_COMPLETE -> advance(in, Phase.PARSE, Phase.BIND);
            case BackendMessage.BIND_COMPLETE -> advance(in, Phase.BIND, Phase.EXECUTE);
            case BackendMessage.DATA_ROW -> onDataRow(in);
            case BackendMessage.COMMAND_COMPLETE -> {
                advance(in, phase == Phase.ROW ? Phase.ROW : Phase.EXECUTE, Phase.PARSE);
                in.readCommandTag();
                statements--;
                untilRow--;
            }
            case BackendMessage.ERROR_RESPONSE -> {
                failed = true;
                failedInLast = statements == 1;
                statements = 0;
                return request.onMessage(in, out);
            }
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
        return Signal.CONTINUE;
    }

    private void onDataRow(BackendReader in) {
        if (untilRow != 0 || rowSink == null) {
            throw ProtocolViolation.unexpected(phase, in.type());
        }
        advance(in, Phase.EXECUTE, Phase.ROW);
        DataRow row = new DataRow();
        row.read(in, 1);
        rowSink.accept(row);
    }

    private void advance(BackendReader in, Phase from, Phase to) {
        if (phase != from) {
            throw ProtocolViolation.unexpected(phase, in.type());
        }
        phase = to;
    }

    /** Whether a statement in front has failed, so that the error is not of the request. */
    public boolean hasFailed() {
        return failed;
    }

    /** Whether it is the last of them. */
    public boolean hasFailedInLast() {
        return failedInLast;
    }

    @Override
    public TransactionStatus transactionStatus() {
        return request.transactionStatus();
    }
}
