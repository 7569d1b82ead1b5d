package io.fluxgres.internal.flight;

import io.fluxgres.PgBatchException;
import io.fluxgres.PgException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.BatchState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.InvalidRequest;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.Parameters;
import io.fluxgres.internal.protocol.PortalSink;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.BoundStatement;
import io.fluxgres.internal.statement.Failures;
import io.fluxgres.internal.statement.ResultShape;
import io.fluxgres.internal.statement.SqlText;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * How the items of an atomic batch travel: in one group with one Sync at its end.
 *
 * <p>Items are taken and encoded one by one while at most so many bytes as the pipeline may hold are unanswered. They are
 * written in chunks with a Flush behind each, for the server answers nothing before Flush or Sync; a batch that fits goes
 * out in one write with its Sync. What the messages of an item are is for {@link BatchStatements}.
 *
 * <p>Once something was sent the group cannot just be ended, for its Sync would commit what was sent. So if an item cannot
 * be encoded, or nobody wants the batch any more, a Parse that must fail goes in front of the Sync and undoes the rest.
 */
public final class BatchFlight implements Flight {

    /** Not SQL, so that the server fails the group; it appears in the server's log. */
    private static final String GIVEN_UP = "client gave up this batch";

    private final Session session;
    private final String sql;
    private final BatchItems items;
    private final long firstIndex;
    private final FlushWindow window;
    private final BatchStatements statements;
    /** What is in front of another attempt of one that had a savepoint there, null in front of any other. */
    private final @Nullable List<String> inFront;

    private @Nullable GroupPrefix prefix;
    private @Nullable Guard guard;
    private @Nullable BatchState state;
    private boolean synced;
    private boolean failed;
    private boolean givenUp;

    /**
     * Creates the flight.
     *
     * @param sql what the batch executes, for messages and observers
     * @param firstIndex the index of the first item in the eyes of the user
     */
    public BatchFlight(Session session, String sql, BatchItems items, long firstIndex) {
        this(session, sql, items, firstIndex, new BatchStatements(session, null), null);
    }

    private BatchFlight(
            Session session,
            String sql,
            BatchItems items,
            long firstIndex,
            BatchStatements statements,
            @Nullable List<String> inFront) {
        this.session = session;
        this.sql = sql;
        this.items = items;
        this.firstIndex = firstIndex;
        this.window = new FlushWindow(session.settings().pipelineBytes());
        this.statements = statements;
        this.inFront = inFront;
    }

    @Override
    public Flight another() {
        List<String> front = guard == null ? null : guard.ofAnother();
        return new BatchFlight(session, sql, items.again(), firstIndex, statements.another(), front);
    }

    // ---- writing

    @Override
    public boolean mayCarryBegin() {
        return true;
    }

    @Override
    public boolean needsTransactionStatus() {
        BoundStatement first = session.isIdle() ? null : items.peek();
        return first != null && session.statements().areTypesUntried(first);
    }

    @Override
    public BackendState write(FrontendWriter out, PortalSink sink, @Nullable TransactionStart transaction) {
        if (session.isSimpleOnly()) {
            throw new PgUsageException(
                    "an atomic batch needs the extended query protocol, which this connection does not"
                            + " speak; send a Sync for each item");
        }
        GroupPrefix front = new GroupPrefix(session, transaction);
        BoundStatement first = items.peek();
        if (inFront != null) {
            front.again(inFront);
        } else if (first != null) {
            front.guard(first);
        }
        BatchState conversation = new BatchState(sink, session.row(), front.write(out));
        try {
            writeItems(out, conversation);
        } catch (PgBatchException notWritten) {
            onReady();
            throw notWritten;
        }
        prefix = front;
        state = conversation;
        BackendState answers = front.inFrontOf(conversation);
        guard = front.guard();
        return answers;
    }

    @Override
    public boolean opensTransaction() {
        return prefix != null && prefix.beginsTransaction();
    }

    @Override
    public boolean isGuarded() {
        return prefix != null && prefix.isGuarded();
    }

    @Override
    public boolean mayDoWithoutGuard() {
        return guard != null && guard.isDispensable();
    }

    @Override
    public boolean isBarrier() {
        return opensTransaction() || isGuarded();
    }

    @Override
    public boolean hasMoreToWrite() {
        return state != null && !synced;
    }

    @Override
    public @Nullable PgException writeMore(FrontendWriter out, boolean unwanted) {
        BatchState conversation = state;
        if (conversation == null) {
            throw new IllegalStateException("the batch was not begun");
        }
        if (failed) {
            writeSync(out, conversation);
        } else if (unwanted) {
            giveUp(out, conversation);
        } else {
            try {
                writeItems(out, conversation);
            } catch (PgBatchException notWritten) {
                giveUp(out, conversation);
                return notWritten;
            }
        }
        return null;
    }

    private void giveUp(FrontendWriter out, BatchState conversation) {
        givenUp = true;
        out.parse(Name.UNNAMED, GIVEN_UP, Parameters.NONE);
        writeSync(out, conversation);
    }

    private void writeSync(FrontendWriter out, BatchState conversation) {
        out.sync();
        conversation.onSyncWritten();
        synced = true;
    }

    /** Writes items, and the Sync behind the last, as far as the window reaches. */
    private void writeItems(FrontendWriter out, BatchState conversation) {
        while (window.hasRoom()) {
            int start = out.size();
            long owed = out.owed();
            try {
                BoundStatement item = items.next();
                if (item == null) {
                    writeSync(out, conversation);
                    return;
                }
                statements.write(out, conversation, item);
            } catch (Throwable failure) {
                Exceptions.throwIfFatal(failure);
                out.rewind(start, owed);
                throw refusal(failure);
            }
            if (window.add(out.size() - start, statements.written())) {
                out.flush();
            }
        }
        if (window.endChunk(statements.written())) {
            out.flush();
        }
    }

    private PgBatchException refusal(Throwable failure) {
        PgException cause;
        if (failure instanceof PgException reported) {
            cause = reported;
        } else if (failure instanceof InvalidRequest invalid) {
            cause = new PgUsageException(String.valueOf(invalid.getMessage()), failure);
        } else {
            cause = new PgUsageException(
                    "its values cannot be read: " + failure.getClass().getName(), failure);
        }
        return PgBatchException.ofItem(firstIndex + statements.written(), cause);
    }

    // ---- the answers

    @Override
    public void onParseComplete() {
        statements.onParseComplete();
    }

    @Override
    public void onBindComplete() {
        statements.onBindComplete();
    }

    @Override
    public void onParameterDescription(ParameterDescription description) {
        statements.onParameterDescription(description);
    }

    @Override
    public ResultShape onRowDescription(RowDescription description) {
        return statements.onRowDescription(description);
    }

    @Override
    public void onNoData() {
        statements.onNoData();
    }

    @Override
    public @Nullable ResultShape shape() {
        return statements.shape();
    }

    @Override
    public void onResultEnd() {
        statements.onResultEnd();
        items.onAnswered();
        window.onAnswered(statements.answered());
    }

    /** While the Sync is still to be written the server may fail the group between two items: by its statement_timeout. */
    @Override
    public PgException onError(ErrorFields error) {
        failed = true;
        if (prefix != null && prefix.hasFailed()) {
            if (guard != null) {
                guard.onError(error);
            }
            return Failures.ofServer(error);
        }
        if (synced && statements.answered() == statements.written()) {
            return PgBatchException.atCommit(Failures.ofServer(error));
        }
        return PgBatchException.ofItem(firstIndex + statements.answered(), statements.onError(error));
    }

    @Override
    public void onReady() {
        statements.onEnd();
    }

    /** What was given up is not repeated: its items cannot all be had again. */
    @Override
    public boolean isRepeatable() {
        return (statements.isRepeatable() || mayDoWithoutGuard()) && !givenUp;
    }

    @Override
    public boolean isInVain() {
        return statements.isInVain();
    }

    // ---- what others ask

    @Override
    public long executions() {
        return statements.written();
    }

    @Override
    public SqlText text() {
        return statements.text();
    }

    @Override
    public String sql() {
        return sql;
    }
}
