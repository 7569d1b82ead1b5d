package io.fluxgres.internal.protocol;

/**
 * One chunk of the rows of a named portal inside a transaction, in a group that its own Sync ends. The portal outlives the
 * group, so that other statements may be executed before the next chunk.
 *
 * <pre>
 * sent  = [head] Execute(n) Sync
 *
 * group = [head] (DataRow{n} PortalSuspended | execution) ReadyForQuery
 *       | a beginning of the above, ErrorResponse, ReadyForQuery
 * </pre>
 *
 * <p>The head and the execution with fewer rows are those of {@link ExtendedQueryState}. When the rows end with a chunk
 * PortalSuspended comes all the same, and the next chunk has no row. A server that completes there instead may have lost
 * rows, and the sink is told.
 */
public final class PortalChunkState implements BackendState {

    private final ExtendedQueryState group;
    private final PortalSink sink;
    private final int limit;
    private int rows;
    private boolean suspended;

    /**
     * Starts behind a group that executes a named portal.
     *
     * @param group consumes all that every group has
     * @param sink the one of {@code group}
     * @param limit the row limit of Execute
     */
    public PortalChunkState(ExtendedQueryState group, PortalSink sink, int limit) {
        this.group = group;
        this.sink = sink;
        this.limit = limit;
    }

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.DATA_ROW -> {
                if (rows == limit) {
                    throw group.unexpected(in);
                }
                Signal signal = group.onMessage(in, out);
                if (signal == Signal.CONTINUE) {
                    rows++;
                }
                return signal;
            }
            case BackendMessage.PORTAL_SUSPENDED -> {
                if (rows != limit) {
                    throw group.unexpected(in);
                }
                group.onPortalSuspended(in);
                suspended = true;
                return Signal.CONTINUE;
            }
            case BackendMessage.COMMAND_COMPLETE -> {
                if (rows == limit && !suspended) {
                    sink.onRowLimit(limit);
                }
                return group.onMessage(in, out);
            }
            case BackendMessage.COPY_IN_RESPONSE, BackendMessage.COPY_OUT_RESPONSE -> throw group.unexpected(in);
            default -> {
                return group.onMessage(in, out);
            }
        }
    }

    @Override
    public TransactionStatus transactionStatus() {
        return group.transactionStatus();
    }
}
