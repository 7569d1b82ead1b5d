package io.fluxgres.internal.session;

import io.fluxgres.PgException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.ExtendedQueryState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.PortalSink;
import io.fluxgres.internal.protocol.PortalState;
import io.fluxgres.internal.protocol.PrefixState;
import io.fluxgres.internal.protocol.ResultSink;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.SimpleQueryState;
import io.fluxgres.internal.session.StatementCache.CachedText;
import io.fluxgres.internal.session.StatementHints.StringTypes;
import java.util.ArrayList;
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
final class StatementFlight {

    private static final String UNNAMED = "";
    private static final int TEXT = 0;
    private static final int EXCERPT_LENGTH = 80;

    private final Session session;
    private final String sql;
    /** The values, in the types they are sent as. */
    private BoundParameters parameters;

    private final int fetchSize;
    /** A savepoint, or what goes back to it, in front of the statement. */
    private final boolean behindGuard;

    private @Nullable CachedText cached;
    /** The prepared statement that was bound. */
    private @Nullable PreparedStatement prepared;
    /** The statement that was parsed under a name. */
    private @Nullable PreparedStatement candidate;

    private @Nullable ResultShape shape;
    private int describedParameters = -1;
    private boolean parsed;
    /** An error has shown that another attempt would be made differently. */
    private boolean repeatable;
    /** The server cannot infer the types of strings either. */
    private boolean inferredInVain;

    private boolean opensTransaction;
    /** A savepoint was set in front, because the server may refuse the types of strings and must not abort for it. */
    private boolean guarded;

    private SqlText text = SqlText.UNKNOWN;
    /** The portal whose rows are fetched in chunks inside a transaction. */
    private @Nullable Cursor cursor;
    /** The group that is kept open to fetch rows in chunks outside a transaction. */
    private @Nullable PortalState openGroup;

    StatementFlight(Session session, String sql, BoundParameters parameters, int fetchSize) {
        this(session, sql, parameters, fetchSize, false);
    }

    private StatementFlight(
            Session session, String sql, BoundParameters parameters, int fetchSize, boolean behindGuard) {
        this.session = session;
        this.sql = sql;
        this.parameters = parameters;
        this.fetchSize = fetchSize;
        this.behindGuard = behindGuard;
    }

    /** Returns another flight of the same statement, which goes back to the savepoint that was in front of this one. */
    StatementFlight another() {
        return new StatementFlight(session, sql, parameters, fetchSize, guarded);
    }

    /**
     * Whether BEGIN can ride in front of the statement: not where the simple query protocol serves it, in which a statement
     * is executed even if the one in front of it has failed.
     */
    boolean mayCarryBegin() {
        return !session.isSimpleOnly()
                && (parameters.count() > 0 || !SqlText.of(sql).multiple());
    }

    /** Whether BEGIN rode in front of the statement and was not answered. */
    boolean opensTransaction() {
        return opensTransaction;
    }

    /** Whether a savepoint was set in front of the statement. */
    boolean isGuarded() {
        return guarded;
    }

    /** Whether the types of strings are to be tried in a transaction, which a refusal would abort. */
    private boolean needsGuard(StringTypes known) {
        return known == StringTypes.UNTRIED && parameters.hasPlainStrings();
    }

    /**
     * Writes the messages and returns the state of their answers.
     *
     * @param transaction what the statement is part of, null if only the order of the requests decides that
     */
    BackendState write(FrontendWriter out, PortalSink sink, @Nullable Transaction transaction) {
        StatementCache cache = session.statements();
        CachedText known = cache.execute(sql);
        text = known.text();
        List<String> opening = transaction == null ? List.of() : transaction.statementsInFront();
        if (!opening.isEmpty() && !mayCarryBegin()) {
            throw new PgUsageException("the transaction could not begin");
        }
        if (session.isSimpleOnly() && parameters.count() > 0) {
            session.requireStandardStrings();
            out.query(LiteralSql.of(sql, parameters.asText(session.codecs())));
            return new SimpleQueryState(sink, session.row());
        }
        if (session.isSimpleOnly() || (text.multiple() && parameters.count() == 0)) {
            out.query(sql);
            return new SimpleQueryState(sink, session.row());
        }
        cached = known;
        if (known.stringTypes() == StringTypes.INFERRED && parameters.hasPlainStrings()) {
            parameters = parameters.withInferredStrings(session.codecs());
        }
        int closes = cache.writeCloses(out);
        boolean inTransaction = !opening.isEmpty() || !session.isIdle();
        List<String> inFront = inFront(opening, known);
        inFront.forEach(statement -> writeInFront(out, statement));
        BackendState state;
        try {
            state = writeExtended(out, sink, cache, known, inFront.isEmpty() ? closes : 0, inTransaction);
        } catch (RuntimeException notWritten) {
            cursor = null;
            onReady();
            throw notWritten;
        }
        cache.closesWritten();
        if (transaction != null && !opening.isEmpty()) {
            transaction.onBeginWritten();
            opensTransaction = true;
        }
        return inFront.isEmpty() ? state : new PrefixState(closes, inFront.size(), state);
    }

    /** Returns what is executed in front of the statement: what opens the transaction, and the savepoint. */
    private List<String> inFront(List<String> opening, CachedText known) {
        if (behindGuard) {
            return List.of(TransactionSql.UNDO);
        }
        guarded = text.cacheable()
                && needsGuard(known.stringTypes())
                && (!opening.isEmpty() || session.isInTransaction());
        if (!guarded) {
            return opening;
        }
        List<String> all = new ArrayList<>(opening);
        all.add(TransactionSql.GUARD);
        return all;
    }

    /** The Sync is that of the statement behind, which the server skips if this one fails. */
    private static void writeInFront(FrontendWriter out, String statement) {
        out.parse(UNNAMED, statement, BoundParameters.NONE);
        out.bind(UNNAMED, UNNAMED, BoundParameters.NONE, TEXT);
        out.execute(UNNAMED, 0);
    }

    private BackendState writeExtended(
            FrontendWriter out,
            PortalSink sink,
            StatementCache cache,
            CachedText known,
            int closes,
            boolean inTransaction) {
        boolean inChunks = fetchSize > 0 && text.cacheable();
        if (inChunks && inTransaction) {
            cursor = new Cursor(session, cache.newName(), fetchSize);
        }
        String portal = cursor == null ? UNNAMED : cursor.portal();
        PreparedStatement statement = cache.find(known, parameters);
        if (statement != null) {
            prepared = statement;
            requireCount(statement.parameterCount());
            out.bind(portal, statement.name(), parameters, statement.resultFormat());
            ExtendedQueryState state =
                    ExtendedQueryState.prepared(sink, session.row(), closes, statement.description());
            return execute(out, sink, state, inChunks);
        }
        if (!text.cacheable()) {
            out.parse(UNNAMED, sql, parameters);
            out.bind(UNNAMED, UNNAMED, parameters, TEXT);
            out.describePortal(UNNAMED);
            out.execute(UNNAMED, 0);
            out.sync();
            return ExtendedQueryState.parsing(sink, session.row(), closes, ExtendedQueryState.Describe.PORTAL, TEXT);
        }
        candidate = cache.candidate(known, parameters);
        String name = candidate == null ? UNNAMED : candidate.name();
        out.parse(name, sql, parameters);
        out.describeStatement(name);
        out.bind(portal, name, parameters, TEXT);
        ExtendedQueryState state =
                ExtendedQueryState.parsing(sink, session.row(), closes, ExtendedQueryState.Describe.STATEMENT, TEXT);
        return execute(out, sink, state, inChunks);
    }

    /** Writes Execute and what ends the flight, and returns the state of all the answers. */
    private BackendState execute(FrontendWriter out, PortalSink sink, ExtendedQueryState state, boolean inChunks) {
        if (!inChunks) {
            out.execute(UNNAMED, 0);
            out.sync();
            return state;
        }
        if (cursor != null) {
            return cursor.execute(out, state);
        }
        out.execute(UNNAMED, fetchSize);
        out.flushOpenGroup();
        openGroup = new PortalState(state, sink, fetchSize);
        return openGroup;
    }

    /** Writes the request for the next chunk of {@link #cursor}. */
    BackendState writeNext(FrontendWriter out, ResultSink sink) {
        if (cursor == null || shape == null) {
            throw new IllegalStateException("there are no chunks of rows");
        }
        return cursor.execute(out, ExtendedQueryState.executing(sink, session.row(), shape.description()));
    }

    /** Returns the portal of which each chunk is an exchange; null if all rows come in one. */
    @Nullable Cursor cursor() {
        return cursor;
    }

    /** Whether it may be written in such a way that depends on the transaction status. */
    boolean needsTransactionStatus() {
        return !session.isSimpleOnly()
                && (fetchSize > 0
                        || (!session.isIdle()
                                && parameters.hasPlainStrings()
                                && needsGuard(session.statements().stringTypes(sql))));
    }

    /**
     * Whether nothing may follow: BEGIN or a savepoint rode in front, the SQL may be COPY FROM STDIN or TO STDOUT, or the group has not got
     * its Sync.
     */
    boolean isBarrier() {
        return opensTransaction || guarded || text.mayEnterCopy() || (openGroup != null && !openGroup.isSyncSent());
    }

    private void requireCount(int expected) {
        if (expected != parameters.count()) {
            throw new PgUsageException(countMismatch(expected));
        }
    }

    private String countMismatch(int expected) {
        String number = expected < 0 ? "another number of" : String.valueOf(expected);
        return "the statement has " + number + " parameters, but " + parameters.count() + " were bound";
    }

    void onParseComplete() {
        parsed = true;
        if (cached != null && needsGuard(cached.stringTypes())) {
            session.statements().onStringTypes(cached, StringTypes.ACCEPTED);
        }
        if (candidate != null) {
            candidate.onParseComplete();
        }
    }

    void onParameterDescription(ParameterDescription description) {
        describedParameters = description.size();
        if (candidate != null) {
            candidate.onParameterDescription(description);
        }
    }

    /** Returns the columns of the result that begins. */
    @SuppressWarnings("ReferenceEquality") // the state hands back the description that it was given
    ResultShape onRowDescription(RowDescription description) {
        ResultShape known = prepared == null ? null : prepared.shape();
        if (known != null && description == known.description()) {
            shape = known;
            return known;
        }
        ResultShape described = new ResultShape(description, session.codecs());
        shape = described;
        described(described);
        return described;
    }

    void onNoData() {
        described(null);
    }

    private void described(@Nullable ResultShape columns) {
        if (candidate != null) {
            candidate.onDescription(columns);
        }
    }

    /** Returns what is known of the SQL since it was written. */
    SqlText text() {
        return text;
    }

    /** Whether leaving the types of strings to the server did not help, so that the error before it tells more. */
    boolean isInferredInVain() {
        return inferredInVain;
    }

    /** Whether the request failed without effect, for a reason that another attempt would do without. */
    boolean isRepeatable() {
        return repeatable;
    }

    /** Returns the beginning of the SQL, for messages. */
    String excerpt() {
        return sql.length() <= EXCERPT_LENGTH ? sql : sql.substring(0, EXCERPT_LENGTH) + "...";
    }

    /** Behind the end of one statement's result. */
    void onResultEnd() {
        shape = null;
        if (cursor != null) {
            cursor.onEnd();
        }
    }

    /** Returns the columns of the open result, null if it has none. */
    @Nullable ResultShape shape() {
        return shape;
    }

    /** Learns from an error and returns the exception for it. */
    PgException onError(ErrorFields error) {
        if (cached != null) {
            learn(error, cached);
        }
        if (isBindMismatch(error)) {
            String message = countMismatch(describedParameters);
            return new PgUsageException(
                    describedParameters < 0 ? message + ": " + error.message() : message, Failures.ofServer(error));
        }
        return cursor == null ? Failures.ofServer(error) : cursor.onError(error);
    }

    private void learn(ErrorFields error, CachedText known) {
        if (prepared != null && shape == null && isStale(error)) {
            session.statements().evict(known, prepared);
            repeatable = true;
        } else if (!parsed && prepared == null && isTypeMismatch(error)) {
            if (areStringsDeclared(known) && parameters.hasPlainStrings()) {
                session.statements().onStringTypes(known, StringTypes.INFERRED);
                repeatable = true;
            } else if (known.stringTypes() == StringTypes.INFERRED) {
                session.statements().onStringTypes(known, StringTypes.DECLARED);
                inferredInVain = true;
            }
        }
    }

    private static boolean areStringsDeclared(CachedText known) {
        return known.stringTypes() == StringTypes.UNTRIED || known.stringTypes() == StringTypes.ACCEPTED;
    }

    /**
     * Whether the server refuses the statement because of the type of something: no such operator or function, ambiguous or
     * undeterminable parameter, an expression of another type than its column.
     */
    private static boolean isTypeMismatch(ErrorFields error) {
        return switch (error.sqlState()) {
            case "42804", "42883", "42P18", "42P08", "42725" -> true;
            default -> false;
        };
    }

    /** Whether Bind was refused because it had not as many values as the statement has parameters. */
    private boolean isBindMismatch(ErrorFields error) {
        return parsed
                && prepared == null
                && error.sqlState().equals("08P01")
                && describedParameters != parameters.count();
    }

    /**
     * Whether the server does not know the statement any more, or its columns have changed since it was parsed. Once rows
     * may have come it is something else that the statement executes.
     */
    private static boolean isStale(ErrorFields error) {
        String routine = error.field('R');
        return error.sqlState().equals("26000")
                || (error.sqlState().equals("0A000") && routine != null && routine.startsWith("RevalidateCached"));
    }

    /** The flight has ended, or that of one chunk. */
    void onReady() {
        opensTransaction = false;
        if (cursor != null) {
            cursor.onReady();
        }
        if (candidate != null && cached != null) {
            session.statements().onParsed(cached, candidate);
            candidate = null;
        }
    }
}
