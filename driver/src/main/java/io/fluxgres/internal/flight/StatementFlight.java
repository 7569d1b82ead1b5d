package io.fluxgres.internal.flight;

import io.fluxgres.PgException;
import io.fluxgres.PgServerException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.ExtendedQueryState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.PortalSink;
import io.fluxgres.internal.protocol.PortalState;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.SimpleQueryState;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.BoundStatement;
import io.fluxgres.internal.statement.Failures;
import io.fluxgres.internal.statement.Lesson;
import io.fluxgres.internal.statement.LiteralSql;
import io.fluxgres.internal.statement.Parsing;
import io.fluxgres.internal.statement.Preparation;
import io.fluxgres.internal.statement.PreparedStatement;
import io.fluxgres.internal.statement.ResultShape;
import io.fluxgres.internal.statement.SqlText;
import io.fluxgres.internal.statement.StatementCache;
import io.fluxgres.internal.statement.StatementCache.CachedText;
import io.fluxgres.internal.statement.TextTypes;
import io.fluxgres.internal.statement.TypeChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one execution of a SQL text travels, and what the connection learns from it. One flight if all rows are wanted at
 * once:
 *
 * <ul>
 *   <li>any statement, where the simple query protocol is all that is to be spoken: Query, values as literals;
 *   <li>several statements without parameters: Query;
 *   <li>a statement that is kept prepared: Bind, Execute, Sync;
 *   <li>a statement that may be: Parse, Describe statement, Bind, Execute, Sync, under a name from the threshold on;
 *   <li>any other: Parse, Bind, Describe portal, Execute, Sync, unnamed and with text results.
 * </ul>
 *
 * <p>In front of the first statement of a transaction ride BEGIN and what else opens it, in the same Sync group.
 *
 * <p>With a fetch size the statement that may be kept prepared is executed for so many rows. Inside a transaction the portal
 * has a name, and each further {@link Cursor chunk} is a flight of its own; outside, Flush comes in the place of Sync, and
 * {@link PortalState} sends the rest.
 *
 * <p>Rows are read only by the description that this connection received for this statement, in the format that this Bind
 * asked for.
 */
public final class StatementFlight implements Flight {

    private static final int TEXT = 0;

    private final Session session;
    private final BoundStatement statement;
    /** The account of its rows if they are fetched in chunks, null if all are wanted at once. */
    private final @Nullable Cursor cursor;
    /** What makes it another attempt, null if it is the first. */
    private final @Nullable Repetition repetition;

    /** The values, in the types they are sent as. */
    private BoundStatement parameters;

    private TypeChoice choice = TextTypes.UNKNOWN.choice();
    private Lesson lesson = Lesson.NONE;

    /** What was written in front of the statement, which may be what fails; null if there was nothing. */
    private @Nullable GroupPrefix front;

    private @Nullable CachedText cached;
    private @Nullable Preparation preparation;
    /** The columns in the format that was asked for, and then as the server describes them. */
    private @Nullable ResultShape columns;
    /** That of the statement; a {@link PortalState} is a group kept open to fetch rows in chunks outside a transaction. */
    private @Nullable BackendState state;

    private boolean described;
    /** The statement is being executed: what fails from here on was not refused, and may have had an effect. */
    private boolean bound;

    private boolean opensTransaction;

    /** @param fetchSize how many rows are fetched at once, 0 for all */
    public StatementFlight(Session session, BoundStatement statement, int fetchSize) {
        this(session, statement, fetchSize, null);
    }

    private StatementFlight(Session session, BoundStatement statement, int fetchSize, @Nullable Repetition repetition) {
        this.session = session;
        this.statement = statement;
        this.cursor = fetchSize == 0 ? null : new Cursor(session, fetchSize);
        this.parameters = statement;
        this.repetition = repetition;
    }

    @Override
    public Flight another() {
        TypeChoice next = lesson.next();
        Guard guard = guard();
        List<String> inFront = guard == null ? null : guard.ofAnother();
        Repetition again = new Repetition(next == null ? choice : next, inFront);
        return new StatementFlight(session, statement, cursor == null ? 0 : cursor.fetchSize(), again);
    }

    /** Not where the simple query protocol serves it: it executes a statement even if the one in front of it has failed. */
    @Override
    public boolean mayCarryBegin() {
        return !session.isSimpleOnly()
                && (parameters.count() > 0 || !SqlText.of(sql()).multiple());
    }

    @Override
    public boolean opensTransaction() {
        return opensTransaction;
    }

    @Override
    public boolean isGuarded() {
        return front != null && front.isGuarded();
    }

    private @Nullable Guard guard() {
        return front == null ? null : front.guard();
    }

    @Override
    public BackendState write(FrontendWriter out, PortalSink sink, @Nullable TransactionStart transaction) {
        CachedText known = session.statements().execute(sql());
        SqlText text = known.text();
        cached = known;
        known.requireNoSurplus(session.server().parameters().hasStandardStrings(), parameters.count());
        session.reset().onStatement(text);
        GroupPrefix prefix = new GroupPrefix(session, transaction);
        if (prefix.beginsTransaction() && !mayCarryBegin()) {
            throw new PgUsageException("the transaction could not begin");
        }
        if (session.isSimpleOnly() || (text.multiple() && parameters.count() == 0)) {
            out.query(parameters.count() == 0 ? sql() : withLiterals());
            return new SimpleQueryState(sink, session.row());
        }
        if (repetition != null && repetition.inFront() != null) {
            prefix.again(repetition.inFront());
        } else {
            prefix.guard(parameters);
        }
        choice = repetition == null ? known.types().choice() : repetition.choice();
        parameters = choice.bound(statement);
        int closes = prefix.write(out);
        front = prefix.isEmpty() ? null : prefix;
        boolean inTransaction = prefix.beginsTransaction() || !session.isIdle();
        try {
            state = writeExtended(out, sink, known, closes, inTransaction);
        } catch (RuntimeException notWritten) {
            if (cursor != null) {
                cursor.withdraw();
            }
            onReady();
            throw notWritten;
        }
        opensTransaction = prefix.beginsTransaction();
        return prefix.inFrontOf(state);
    }

    private String withLiterals() {
        session.server().parameters().requireStandardStrings();
        return LiteralSql.of(parameters.asText(session.codecs()));
    }

    private BackendState writeExtended(
            FrontendWriter out, PortalSink sink, CachedText known, int closes, boolean inTransaction) {
        StatementCache cache = session.statements();
        boolean inChunks = cursor != null && known.text().cacheable();
        if (cursor != null && inChunks && inTransaction) {
            cursor.open(cache.newName());
        }
        Name portal = cursor == null ? Name.UNNAMED : cursor.portal();
        PreparedStatement kept = cache.find(known, parameters);
        if (kept != null) {
            preparation = kept;
            Failures.requireCount(kept.parameterCount(), parameters.count());
            // between the chunks of a portal other statements are executed
            boolean settled = cursor() == null
                    && !known.text().changesSession()
                    && !session.wire().isSessionChanging();
            ResultShape asked = kept.shape(settled);
            columns = asked;
            out.bind(portal, kept.name(), parameters, asked == null ? TEXT : asked.formatCode());
            ExtendedQueryState conversation =
                    session.states().prepared(sink, closes, asked == null ? null : asked.description());
            return execute(out, sink, conversation, inChunks);
        }
        parameters = choice.parsed(parameters);
        if (!known.text().cacheable()) {
            preparation = new Parsing(null);
            out.parse(Name.UNNAMED, sql(), parameters);
            out.bind(Name.UNNAMED, Name.UNNAMED, parameters, TEXT);
            out.describePortal(Name.UNNAMED);
            out.execute(Name.UNNAMED, 0);
            out.sync();
            return ExtendedQueryState.parsing(sink, session.row(), closes, ExtendedQueryState.Describe.PORTAL, TEXT);
        }
        PreparedStatement candidate = cache.candidate(known, parameters);
        preparation = new Parsing(candidate);
        Name name = candidate == null ? Name.UNNAMED : candidate.name();
        out.parse(name, sql(), parameters);
        out.describeStatement(name);
        out.bind(portal, name, parameters, TEXT);
        ExtendedQueryState conversation =
                ExtendedQueryState.parsing(sink, session.row(), closes, ExtendedQueryState.Describe.STATEMENT, TEXT);
        return execute(out, sink, conversation, inChunks);
    }

    /** Writes Execute and what ends the flight, and returns the state of all the answers. */
    private BackendState execute(
            FrontendWriter out, PortalSink sink, ExtendedQueryState conversation, boolean inChunks) {
        if (cursor == null || !inChunks) {
            out.execute(Name.UNNAMED, 0);
            out.sync();
            return conversation;
        }
        if (cursor.isOpen()) {
            return cursor.execute(out, sink, conversation);
        }
        out.execute(Name.UNNAMED, cursor.fetchSize());
        out.flushOpenGroup();
        return new PortalState(conversation, sink, cursor.fetchSize());
    }

    @Override
    public BackendState writeNext(FrontendWriter out, PortalSink sink) {
        Cursor open = cursor();
        ResultShape shape = shape();
        if (open == null || shape == null) {
            throw new IllegalStateException("there are no chunks of rows");
        }
        return open.execute(out, sink, ExtendedQueryState.executing(sink, session.row(), shape.description()));
    }

    @Override
    public @Nullable Cursor cursor() {
        return cursor == null || !cursor.isOpen() ? null : cursor;
    }

    @Override
    public boolean needsTransactionStatus() {
        return !session.isSimpleOnly()
                && (cursor != null || (!session.isIdle() && session.statements().areTypesUntried(statement)));
    }

    /** Also where the SQL may be COPY FROM STDIN or TO STDOUT, or the group has not got its Sync. */
    @Override
    public boolean isBarrier() {
        return opensTransaction
                || isGuarded()
                || text().mayEnterCopy()
                || (state instanceof PortalState openGroup && !openGroup.isSyncSent());
    }

    @Override
    public void onParseComplete() {
        if (cached != null) {
            session.statements().onParseAccepted(cached, statement, choice);
        }
        requireParsing().onComplete();
    }

    @Override
    public void onParameterDescription(ParameterDescription description) {
        requireParsing().onParameterDescription(description);
    }

    @Override
    public void onBindComplete() {
        bound = true;
    }

    @Override
    public ResultShape onRowDescription(RowDescription description) {
        ResultShape told = ResultShape.of(columns, description, session.codecs());
        columns = told;
        described = true;
        if (preparation instanceof Parsing parsing) {
            parsing.onDescription(told);
        }
        return told;
    }

    @Override
    public void onNoData() {
        requireParsing().onDescription(null);
    }

    private Parsing requireParsing() {
        if (preparation instanceof Parsing parsing) {
            return parsing;
        }
        throw new IllegalStateException("nothing was to be parsed");
    }

    @Override
    public SqlText text() {
        return cached == null ? SqlText.UNKNOWN : cached.text();
    }

    @Override
    public String sql() {
        return statement.sql();
    }

    @Override
    public boolean isInVain() {
        return lesson.inVain();
    }

    @Override
    public boolean isRepeatable() {
        return lesson.isRepeatable() || mayDoWithoutGuard();
    }

    @Override
    public boolean mayDoWithoutGuard() {
        Guard guard = guard();
        return guard != null && guard.isDispensable();
    }

    @Override
    public void onResultEnd() {
        columns = null;
        described = false;
        Cursor open = cursor();
        if (open != null) {
            open.onEnd();
        }
    }

    @Override
    public @Nullable ResultShape shape() {
        return described ? columns : null;
    }

    @Override
    public PgException onError(ErrorFields error) {
        Guard guard = guard();
        if (guard != null) {
            guard.onError(error);
        }
        if (cached != null) {
            lesson = learn(cached, error);
        }
        String mismatch =
                preparation instanceof Parsing parsing ? parsing.bindMismatch(error, parameters.count()) : null;
        if (mismatch != null) {
            return new PgUsageException(mismatch, failure(error));
        }
        Cursor open = cursor();
        return open == null ? failure(error) : open.onError(error, failure(error));
    }

    /** Once it is bound it is something else that the statement executes. */
    private Lesson learn(CachedText text, ErrorFields error) {
        if (preparation instanceof PreparedStatement kept && !bound) {
            Lesson learnt = session.statements().onBindRefused(error, text, kept, statement, choice);
            return repetition == null ? learnt : Lesson.NONE;
        }
        return preparation instanceof Parsing parsing && !parsing.isComplete()
                ? session.statements().onParseRefused(error, text, statement, choice)
                : lesson;
    }

    private PgServerException failure(ErrorFields error) {
        if (front != null && front.hasFailed()) {
            return Failures.ofServer(error);
        }
        return Failures.ofServer(error, sql(), !session.isSimpleOnly() || parameters.count() == 0);
    }

    /** The flight has ended, or that of one chunk. */
    @Override
    public void onReady() {
        opensTransaction = false;
        Cursor open = cursor();
        if (open != null) {
            open.onReady();
        }
        if (preparation instanceof Parsing parsing && cached != null) {
            parsing.end(session.statements(), cached);
        }
        if (state instanceof ExtendedQueryState ended) {
            state = null;
            session.states().release(ended);
        }
    }
}
