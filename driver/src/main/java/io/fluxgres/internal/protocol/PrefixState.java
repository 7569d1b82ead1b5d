package io.fluxgres.internal.protocol;

/**
 * Statements of the driver's own, such as BEGIN, in front of a request and under its Sync.
 *
 * <pre>
 * sent   = Close* (Parse Bind Execute)+ request
 *
 * group  = CloseComplete* (ParseComplete BindComplete CommandComplete)+ the answers to the request
 *        | a beginning of the above, ErrorResponse, ReadyForQuery
 * </pre>
 *
 * <p>The statements return no rows. If one fails the server skips the request, so the error is for the request's state, as
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
        EXECUTE
    }

    private final BackendState request;

    private Phase phase;
    private int closes;
    private int statements;
    private boolean failed;

    /**
     * Starts behind a group that was sent.
     *
     * @param closes the Close messages in front
     * @param statements how many statements there are, one at least
     * @param request consumes what follows the statements
     */
    public PrefixState(int closes, int statements, BackendState request) {
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
            case BackendMessage.COMMAND_COMPLETE -> {
                advance(in, Phase.EXECUTE, Phase.PARSE);
                in.readCommandTag();
                statements--;
            }
            case BackendMessage.ERROR_RESPONSE -> {
                statements = 0;
                failed = true;
                return request.onMessage(in, out);
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

    /** Whether a statement in front has failed, so that the error is not of the request. */
    public boolean hasFailed() {
        return failed;
    }

    @Override
    public TransactionStatus transactionStatus() {
        return request.transactionStatus();
    }
}
