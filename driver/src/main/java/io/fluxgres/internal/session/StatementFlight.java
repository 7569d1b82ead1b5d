package io.fluxgres.internal.session;

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
import io.fluxgres.internal.protocol.PrefixState;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.SimpleQueryState;
import io.fluxgres.internal.session.StatementCache.CachedText;
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
final class StatementFlight implements Flight {

    private static final int TEXT = 0;

    private final Session session;
    private final BoundStatement statement;
    private final int fetchSize;
    /** The values, in the types they are sent as. */
    private BoundStatement parameters;

    /** How it was to be sent if this is another attempt, null if it is the first. */
    private final @Nullable TypeChoice repetition;

    /** What is in front of another attempt of one that had a savepoint there, null in front of any other. */
    private final @Nullable List<String> inFront;

    private TypeChoice choice = TextTypes.UNKNOWN.choice();

    private @Nullable Guard guard;
    /** What was written in front of the statement, which may be what fails. */
    private @Nullable PrefixState prefix;

    private @Nullable CachedText cached;
    /** The prepared statement that was bound. */
    private @Nullable PreparedStatement prepared;
    /** Its columns, in the format that was asked for. */
    private @Nullable ResultShape asked;
    /** What is learnt where none was. */
    private @Nullable Parsing parsing;

    private @Nullable ResultShape shape;
    /** The statement is being executed: what fails from here on was not refused, and may have had an effect. */
    private boolean bound;

    private boolean opensTransaction;
    private boolean guarded;
    private Lesson lesson = Lesson.NONE;

    /** The portal whose rows are fetched in chunks inside a transaction. */
    private @Nullable Cursor cursor;
    /** That of the statement; a {@link PortalState} is a group kept open to fetch rows in chunks outside a transaction. */
    private @Nullable BackendState state;

    StatementFlight(Session session, BoundStatement statement, int fetchSize) {
        this(session, statement, fetchSize, null, null);
    }

    private StatementFlight(
            Session session,
            BoundStatement statement,
            int fetchSize,
            @Nullable TypeChoice repetition,
            @Nullable List<String> inFront) {
        this.session = session;
        this.statement = statement;
        this.fetchSize = fetchSize;
        this.parameters = statement;
        this.repetition = repetition;
        this.inFront = inFront;
    }

    @Override
    public Flight another() {
        TypeChoice next = lesson.next();
        List<String> front = guard == null ? null : guard.ofAnother();
        return new StatementFlight(session, statement, fetchSize, next == null ? choice : next, front);
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
        return guarded;
    }

    @Override
    public BackendState write(FrontendWriter out, PortalSink sink, @Nullable TransactionStart transaction) {
        StatementCache cache = session.statements();
        CachedText known = cache.execute(sql());
        SqlText text = known.text();
        cached = known;
        known.requireNoSurplus(session.server().parameters().hasStandardStrings(), parameters.count());
        session.reset().onStatement(text);
        GroupPrefix front = new GroupPrefix(session, transaction);
        if (front.beginsTransaction() && !mayCarryBegin()) {
            throw new PgUsageException("the transaction could not begin");
        }
        if (session.isSimpleOnly() && parameters.count() > 0) {
            session.server().parameters().requireStandardStrings();
            out.query(LiteralSql.of(parameters.asText(session.codecs())));
            return new SimpleQueryState(sink, session.row());
        }
        if (session.isSimpleOnly() || (text.multiple() && parameters.count() == 0)) {
            out.query(sql());
            return new SimpleQueryState(sink, session.row());
        }
        if (inFront != null) {
            front.again(inFront);
        } else {
            front.guard(parameters);
        }
        guarded = front.isGuarded();
        choice = repetition == null ? known.types().choice() : repetition;
        parameters = choice.bound(statement);
        int closes = front.write(out);
        boolean inTransaction = front.beginsTransaction() || !session.isIdle();
        try {
            state = writeExtended(out, sink, cache, known, closes, inTransaction);
        } catch (RuntimeException notWritten) {
            cursor = null;
            onReady();
            throw notWritten;
        }
        opensTransaction = front.beginsTransaction();
        BackendState answers = front.inFrontOf(state);
        prefix = answers instanceof PrefixState inFrontOfIt ? inFrontOfIt : null;
        guard = guarded ? front.guard() : null;
        return answers;
    }

    private BackendState writeExtended(
            FrontendWriter out,
            PortalSink sink,
            StatementCache cache,
            CachedText known,
            int closes,
            boolean inTransaction) {
        boolean inChunks = fetchSize > 0 && known.text().cacheable();
        if (inChunks && inTransaction) {
            cursor = new Cursor(session, cache.newName(), fetchSize);
        }
        Name portal = cursor == null ? Name.UNNAMED : cursor.portal();
        PreparedStatement kept = cache.find(known, parameters);
        if (kept != null) {
            prepared = kept;
            requireCount(kept.parameterCount());
            // between the chunks of a portal other statements are executed
            boolean settled = cursor == null
                    && !known.text().changesSession()
                    && !session.wire().isSessionChanging();
            asked = kept.shape(settled);
            out.bind(portal, kept.name(), parameters, asked == null ? TEXT : asked.formatCode());
            ExtendedQueryState conversation =
                    session.states().prepared(sink, closes, asked == null ? null : asked.description());
            return execute(out, sink, conversation, inChunks);
        }
        parameters = choice.parsed(parameters);
        if (!known.text().cacheable()) {
            parsing = new Parsing(null);
            out.parse(Name.UNNAMED, sql(), parameters);
            out.bind(Name.UNNAMED, Name.UNNAMED, parameters, TEXT);
            out.describePortal(Name.UNNAMED);
            out.execute(Name.UNNAMED, 0);
            out.sync();
            return ExtendedQueryState.parsing(sink, session.row(), closes, ExtendedQueryState.Describe.PORTAL, TEXT);
        }
        PreparedStatement candidate = cache.candidate(known, parameters);
        parsing = new Parsing(candidate);
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
        if (!inChunks) {
            out.execute(Name.UNNAMED, 0);
            out.sync();
            return conversation;
        }
        if (cursor != null) {
            return cursor.execute(out, sink, conversation);
        }
        out.execute(Name.UNNAMED, fetchSize);
        out.flushOpenGroup();
        return new PortalState(conversation, sink, fetchSize);
    }

    @Override
    public BackendState writeNext(FrontendWriter out, PortalSink sink) {
        if (cursor == null || shape == null) {
            throw new IllegalStateException("there are no chunks of rows");
        }
        return cursor.execute(out, sink, ExtendedQueryState.executing(sink, session.row(), shape.description()));
    }

    @Override
    public @Nullable Cursor cursor() {
        return cursor;
    }

    @Override
    public boolean needsTransactionStatus() {
        return !session.isSimpleOnly()
                && (fetchSize > 0 || (!session.isIdle() && session.statements().areTypesUntried(statement)));
    }

    /**
     * Whether nothing may follow: BEGIN or a savepoint rode in front, the SQL may be COPY FROM STDIN or TO STDOUT, or the group has not got
     * its Sync.
     */
    @Override
    public boolean isBarrier() {
        return opensTransaction
                || guarded
                || text().mayEnterCopy()
                || (state instanceof PortalState openGroup && !openGroup.isSyncSent());
    }

    private void requireCount(int expected) {
        if (expected != parameters.count()) {
            throw new PgUsageException(Failures.countMismatch(expected, parameters.count()));
        }
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
    @SuppressWarnings("ReferenceEquality") // the state hands back the description that it was given
    public ResultShape onRowDescription(RowDescription description) {
        ResultShape known = asked;
        if (known != null && description == known.description()) {
            known = known.current();
            shape = known;
            return known;
        }
        ResultShape described = new ResultShape(description, session.codecs());
        shape = described;
        if (parsing != null) {
            parsing.onDescription(described);
        }
        return described;
    }

    @Override
    public void onNoData() {
        requireParsing().onDescription(null);
    }

    private Parsing requireParsing() {
        if (parsing == null) {
            throw new IllegalStateException("nothing was to be parsed");
        }
        return parsing;
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
        return guard != null && guard.isDispensable();
    }

    @Override
    public void onResultEnd() {
        shape = null;
        if (cursor != null) {
            cursor.onEnd();
        }
    }

    @Override
    public @Nullable ResultShape shape() {
        return shape;
    }

    @Override
    public PgException onError(ErrorFields error) {
        if (guard != null) {
            guard.onError(error);
        }
        if (cached != null && prepared != null && !bound) {
            // once it is bound it is something else that the statement executes
            Lesson learnt = session.statements().onBindRefused(error, cached, prepared, statement, choice);
            lesson = repetition == null ? learnt : Lesson.NONE;
        } else if (cached != null && parsing != null && !parsing.isComplete()) {
            lesson = session.statements().onParseRefused(error, cached, statement, choice);
        }
        if (parsing != null && parsing.isBindMismatch(error, parameters.count())) {
            int described = parsing.describedParameters();
            String message = Failures.countMismatch(described, parameters.count());
            return new PgUsageException(described < 0 ? message + ": " + error.message() : message, failure(error));
        }
        return cursor == null ? failure(error) : cursor.onError(error, failure(error));
    }

    private PgServerException failure(ErrorFields error) {
        if (prefix != null && prefix.hasFailed()) {
            return Failures.ofServer(error);
        }
        return Failures.ofServer(error, sql(), !session.isSimpleOnly() || parameters.count() == 0);
    }

    /** The flight has ended, or that of one chunk. */
    @Override
    public void onReady() {
        opensTransaction = false;
        if (cursor != null) {
            cursor.onReady();
        }
        if (parsing != null && cached != null) {
            parsing.end(session.statements(), cached);
        }
        if (state instanceof ExtendedQueryState ended) {
            state = null;
            session.states().release(ended);
        }
    }
}
