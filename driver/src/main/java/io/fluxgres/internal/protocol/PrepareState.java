package io.fluxgres.internal.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A statement that is parsed and described without being executed.
 *
 * <pre>
 * sent  = Parse, Describe statement, Sync
 *
 * group = ParseComplete ParameterDescription (RowDescription | NoData) ReadyForQuery
 *       | a beginning of the above, ErrorResponse, ReadyForQuery
 * </pre>
 */
public final class PrepareState implements BackendState {

    private enum Phase {
        PARSE,
        PARAMETERS,
        COLUMNS,
        SYNC,
        /** Behind ErrorResponse. */
        FAILED,
        /** Behind ReadyForQuery. */
        DONE
    }

    private Phase phase = Phase.PARSE;
    private @Nullable ParameterDescription parameters;
    private @Nullable RowDescription columns;
    private @Nullable ErrorFields error;
    private TransactionStatus transactionStatus = TransactionStatus.IDLE;

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.PARSE_COMPLETE -> advance(in, Phase.PARSE, Phase.PARAMETERS);
            case BackendMessage.PARAMETER_DESCRIPTION -> {
                advance(in, Phase.PARAMETERS, Phase.COLUMNS);
                parameters = ParameterDescription.read(in);
            }
            case BackendMessage.ROW_DESCRIPTION -> {
                advance(in, Phase.COLUMNS, Phase.SYNC);
                columns = RowDescription.read(in);
            }
            case BackendMessage.NO_DATA -> advance(in, Phase.COLUMNS, Phase.SYNC);
            case BackendMessage.ERROR_RESPONSE -> {
                if (phase == Phase.FAILED || phase == Phase.DONE) {
                    throw ProtocolViolation.unexpected(phase, in.type());
                }
                error = ErrorFields.read(in);
                phase = Phase.FAILED;
            }
            case BackendMessage.READY_FOR_QUERY -> {
                if (phase != Phase.SYNC && phase != Phase.FAILED) {
                    throw ProtocolViolation.unexpected(phase, in.type());
                }
                transactionStatus = TransactionStatus.read(in);
                phase = Phase.DONE;
                return Signal.DONE;
            }
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
        return Signal.CONTINUE;
    }

    private void advance(BackendReader in, Phase from, Phase to) {
        if (phase != from) {
            throw ProtocolViolation.unexpected(phase, in.type());
        }
        phase = to;
    }

    /** Returns the parameters' types, null if the server did not come to describe them. */
    public @Nullable ParameterDescription parameters() {
        return parameters;
    }

    /** Returns the columns, in text format as every description of a statement, null if the statement returns no rows. */
    public @Nullable RowDescription columns() {
        return columns;
    }

    /** Returns the server's error, null if there was none. */
    public @Nullable ErrorFields error() {
        return error;
    }

    @Override
    public TransactionStatus transactionStatus() {
        return transactionStatus;
    }
}
