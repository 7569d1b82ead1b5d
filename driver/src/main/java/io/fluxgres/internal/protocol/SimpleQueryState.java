package io.fluxgres.internal.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A simple query cycle: one Query, any number of statements, each with its result.
 *
 * <pre>
 * cycle     = (result+ | result* ErrorResponse) ReadyForQuery
 * result    = RowDescription DataRow* CommandComplete
 *           | CommandComplete
 *           | EmptyQueryResponse
 *           | CopyInResponse  (answered by CopyFail)  ErrorResponse
 *           | CopyOutResponse CopyData* CopyDone CommandComplete
 * </pre>
 *
 * <p>An ErrorResponse may come at any place of a result and ends the results. Even an empty Query has a result, so a bare
 * ReadyForQuery is the answer to something else. A RowDescription may be replaced by another before its first row:
 * CockroachDB does so when a procedure commits.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-SIMPLE-QUERY">Simple Query</a>
 */
public final class SimpleQueryState implements BackendState {

    private enum Phase {
        /** In front of the first result. */
        FIRST_RESULT,
        /** In front of a further result or the end. */
        RESULT,
        /** Behind RowDescription. */
        ROWS,
        /** CopyFail was sent; the server answers it with an error. */
        COPY_FAILED,
        /** The data of COPY TO STDOUT is being dropped. */
        COPY_OUT,
        /** Behind CopyDone. */
        COPY_OUT_DONE,
        /** Behind ErrorResponse. */
        FAILED,
        /** Behind ReadyForQuery. */
        DONE
    }

    private final ResultSink sink;
    private final DataRow row;
    private Phase phase = Phase.FIRST_RESULT;
    private @Nullable RowDescription description;
    private boolean rowSeen;
    private TransactionStatus transactionStatus = TransactionStatus.IDLE;

    /**
     * Starts behind a Query that was sent.
     *
     * @param row the flyweight to push rows with; may be shared by the conversations of a connection
     */
    public SimpleQueryState(ResultSink sink, DataRow row) {
        this.sink = sink;
        this.row = row;
    }

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.DATA_ROW -> {
                return onDataRow(in);
            }
            case BackendMessage.ROW_DESCRIPTION -> onRowDescription(in);
            case BackendMessage.COMMAND_COMPLETE -> onCommandComplete(in);
            case BackendMessage.EMPTY_QUERY_RESPONSE -> {
                require(in, isBetweenResults());
                sink.onEmptyQuery();
                phase = Phase.RESULT;
            }
            case BackendMessage.ERROR_RESPONSE -> onError(in);
            case BackendMessage.COPY_IN_RESPONSE -> {
                require(in, isBetweenResults());
                CopyResponse.check(in);
                out.copyFail(CopyResponse.REFUSAL);
                sink.onCopy(CopyDirection.IN);
                phase = Phase.COPY_FAILED;
            }
            case BackendMessage.COPY_OUT_RESPONSE -> {
                require(in, isBetweenResults());
                CopyResponse.check(in);
                sink.onCopy(CopyDirection.OUT);
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
                require(in, phase == Phase.RESULT || phase == Phase.FAILED);
                transactionStatus = TransactionStatus.read(in);
                phase = Phase.DONE;
                return Signal.DONE;
            }
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
        return Signal.CONTINUE;
    }

    private Signal onDataRow(BackendReader in) {
        require(in, phase == Phase.ROWS);
        switch (sink.demand()) {
            case NONE -> {
                return Signal.PAUSE;
            }
            case DISCARD -> in.skipBody();
            case ROW -> {
                row.read(in, requireDescription().size());
                sink.onRow(row);
            }
        }
        rowSeen = true;
        return Signal.CONTINUE;
    }

    private RowDescription requireDescription() {
        if (description == null) {
            throw new IllegalStateException("phase ROWS without a RowDescription");
        }
        return description;
    }

    private void onRowDescription(BackendReader in) {
        require(in, isBetweenResults() || (phase == Phase.ROWS && !rowSeen));
        description = RowDescription.read(in);
        rowSeen = false;
        phase = Phase.ROWS;
        sink.onRowDescription(description);
    }

    private void onCommandComplete(BackendReader in) {
        require(in, isBetweenResults() || phase == Phase.ROWS || phase == Phase.COPY_OUT_DONE);
        CommandTag tag = in.readCommandTag();
        if (phase != Phase.COPY_OUT_DONE) {
            sink.onCommandComplete(tag);
        }
        description = null;
        rowSeen = false;
        phase = Phase.RESULT;
    }

    private void onError(BackendReader in) {
        require(in, phase != Phase.FAILED && phase != Phase.DONE);
        ErrorFields error = ErrorFields.read(in);
        if (phase != Phase.COPY_FAILED) {
            sink.onError(error);
        }
        phase = Phase.FAILED;
    }

    private boolean isBetweenResults() {
        return phase == Phase.FIRST_RESULT || phase == Phase.RESULT;
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
