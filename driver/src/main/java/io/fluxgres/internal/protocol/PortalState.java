package io.fluxgres.internal.protocol;

/**
 * One statement outside a transaction whose rows are fetched in chunks, in one group that Flush keeps open: a Sync would
 * destroy the portal.
 *
 * <pre>
 * sent  = head Execute(n) Flush  (Execute(n) Flush)*  ([Execute(0)] | Close portal)  Sync
 *
 * group = head chunk* end ReadyForQuery
 *       | a beginning of the above, ErrorResponse, ReadyForQuery
 * chunk = DataRow{n} PortalSuspended
 * end   = DataRow* (CommandComplete | EmptyQueryResponse)
 *         [CommandComplete]         (of an Execute that was sent ahead of the end: it finds no row)
 *       | CloseComplete             (behind a chunk of which nobody wanted more)
 * </pre>
 *
 * <p>The head, the rows and ReadyForQuery are those of {@link ExtendedQueryState}. The next Execute is sent when less than
 * half of a chunk is left; if someone waits for the end of the group it asks for all the rest, and the Sync goes with it.
 * Else the Sync goes behind the end. It also goes behind an error: until it comes the server skips everything in silence.
 *
 * <p>When the rows end with a chunk the server does not know it yet: PortalSuspended comes all the same, and the next
 * Execute finds no row. A server that completes there instead may have lost rows, and the sink is told.
 */
public final class PortalState implements BackendState {

    private enum Phase {
        /** The group is open, up to the end of the execution. */
        FETCH,
        /** The execution has ended, the Execute that was sent ahead has not. */
        SENT_AHEAD,
        /** Close and Sync were sent. */
        CLOSE,
        /** Sync was sent; the rest is that of any group. */
        SYNC
    }

    private static final int NONE = -1;

    private final ExtendedQueryState group;
    private final PortalSink sink;
    private final int fetchSize;

    private Phase phase = Phase.FETCH;
    /** The rows that the Execute in progress may return, 0 for all. */
    private int limit;
    /** The rows it has returned. */
    private int rows;
    /** The limit of the Execute that was sent ahead, or NONE. */
    private int ahead = NONE;

    private boolean syncSent;

    /**
     * Starts behind a group that executes the unnamed portal and was {@linkplain FrontendWriter#flushOpenGroup flushed}.
     *
     * @param group consumes all that every group has
     * @param sink the one of {@code group}
     * @param fetchSize the row limit of the first and every further Execute
     */
    public PortalState(ExtendedQueryState group, PortalSink sink, int fetchSize) {
        this.group = group;
        this.sink = sink;
        this.fetchSize = fetchSize;
        this.limit = fetchSize;
    }

    /** Whether the group has its Sync, so that other requests may be sent behind it. */
    public boolean isSyncSent() {
        return syncSent;
    }

    @Override
    public Signal onMessage(BackendReader in, FrontendWriter out) {
        return switch (phase) {
            case FETCH -> onFetch(in, out);
            case SENT_AHEAD -> onSentAhead(in, out);
            case CLOSE -> onClose(in, out);
            case SYNC -> group.onMessage(in, out);
        };
    }

    private Signal onFetch(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.DATA_ROW -> {
                return onDataRow(in, out);
            }
            case BackendMessage.PORTAL_SUSPENDED -> onPortalSuspended(in, out);
            case BackendMessage.COMMAND_COMPLETE, BackendMessage.EMPTY_QUERY_RESPONSE -> {
                if (in.type() == BackendMessage.COMMAND_COMPLETE && limit > 0 && rows == limit) {
                    sink.onRowLimit(limit);
                }
                group.onMessage(in, out);
                sync(out);
                phase = ahead == NONE ? Phase.SYNC : Phase.SENT_AHEAD;
            }
            case BackendMessage.ERROR_RESPONSE -> {
                group.onMessage(in, out);
                sync(out);
                phase = Phase.SYNC;
            }
            case BackendMessage.COPY_IN_RESPONSE, BackendMessage.COPY_OUT_RESPONSE -> throw group.unexpected(in);
            default -> {
                return group.onMessage(in, out);
            }
        }
        return Signal.CONTINUE;
    }

    private Signal onDataRow(BackendReader in, FrontendWriter out) {
        if (limit > 0 && rows == limit) {
            throw group.unexpected(in);
        }
        Signal signal = group.onMessage(in, out);
        if (signal == Signal.CONTINUE && limit > 0) {
            rows++;
            if (ahead == NONE && (limit - rows) * 2L < limit) {
                fetch(out);
            }
        }
        return signal;
    }

    private void fetch(FrontendWriter out) {
        switch (sink.fetch()) {
            case CHUNK -> {
                out.execute(Name.UNNAMED, fetchSize);
                out.flush();
                ahead = fetchSize;
            }
            case REST -> {
                out.execute(Name.UNNAMED, 0);
                sync(out);
                ahead = 0;
            }
            case NOTHING -> {}
        }
    }

    private void onPortalSuspended(BackendReader in, FrontendWriter out) {
        if (limit == 0 || rows != limit) {
            throw group.unexpected(in);
        }
        if (ahead == NONE) {
            group.onPortalSuspended(in);
            out.closePortal(Name.UNNAMED);
            sync(out);
            phase = Phase.CLOSE;
        } else {
            limit = ahead;
            rows = 0;
            ahead = NONE;
        }
    }

    private Signal onSentAhead(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.COMMAND_COMPLETE -> in.readCommandTag();
            case BackendMessage.ERROR_RESPONSE -> group.onMessage(in, out);
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
        phase = Phase.SYNC;
        return Signal.CONTINUE;
    }

    private Signal onClose(BackendReader in, FrontendWriter out) {
        switch (in.type()) {
            case BackendMessage.CLOSE_COMPLETE -> {}
            case BackendMessage.ERROR_RESPONSE -> group.onMessage(in, out);
            default -> throw ProtocolViolation.unexpected(phase, in.type());
        }
        phase = Phase.SYNC;
        return Signal.CONTINUE;
    }

    private void sync(FrontendWriter out) {
        if (!syncSent) {
            syncSent = true;
            out.syncOpenGroup();
        }
    }

    @Override
    public TransactionStatus transactionStatus() {
        return group.transactionStatus();
    }
}
