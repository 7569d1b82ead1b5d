package io.fluxgres.internal.session;

import io.fluxgres.PgException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.ExtendedQueryState;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.ResultSink;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.protocol.SimpleQueryState;
import io.fluxgres.internal.session.StatementCache.CachedText;
import org.jspecify.annotations.Nullable;

/**
 * How one execution of a SQL text travels, and what the connection learns from it. Always one flight:
 *
 * <ul>
 *   <li>several statements without parameters: Query;
 *   <li>a statement that is kept prepared: Bind, Execute, Sync;
 *   <li>a statement that may be: Parse, Describe statement, Bind, Execute, Sync, under a name from the threshold on;
 *   <li>any other: Parse, Bind, Describe portal, Execute, Sync, unnamed and with text results.
 * </ul>
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
    private final BoundParameters parameters;

    private @Nullable CachedText cached;
    /** The prepared statement that was bound. */
    private @Nullable PreparedStatement prepared;
    /** The statement that was parsed under a name. */
    private @Nullable PreparedStatement candidate;

    private @Nullable ResultShape shape;
    private int describedParameters = -1;
    private boolean mayEnterCopy;

    StatementFlight(Session session, String sql, BoundParameters parameters) {
        this.session = session;
        this.sql = sql;
        this.parameters = parameters;
    }

    /** Writes the messages and returns the state of their answers. */
    BackendState write(FrontendWriter out, ResultSink sink) {
        StatementCache cache = session.statements();
        CachedText known = cache.execute(sql);
        mayEnterCopy = known.text().mayEnterCopy();
        if (known.text().multiple() && parameters.count() == 0) {
            out.query(sql);
            return new SimpleQueryState(sink, session.row());
        }
        cached = known;
        int closes = cache.writeCloses(out);
        BackendState state;
        try {
            state = writeExtended(out, sink, cache, known, closes);
        } catch (RuntimeException notWritten) {
            onReady();
            throw notWritten;
        }
        cache.closesWritten();
        return state;
    }

    private BackendState writeExtended(
            FrontendWriter out, ResultSink sink, StatementCache cache, CachedText known, int closes) {
        PreparedStatement statement = cache.find(known, parameters);
        if (statement != null) {
            prepared = statement;
            requireCount(statement.parameterCount());
            out.bind(UNNAMED, statement.name(), parameters, statement.resultFormat());
            out.execute(UNNAMED, 0);
            out.sync();
            return ExtendedQueryState.prepared(sink, session.row(), closes, statement.description());
        }
        if (!known.text().cacheable()) {
            out.parse(UNNAMED, sql, parameters);
            out.bind(UNNAMED, UNNAMED, parameters, TEXT);
            out.describePortal(UNNAMED);
            out.execute(UNNAMED, 0);
            out.sync();
            return ExtendedQueryState.parsing(sink, session.row(), closes, ExtendedQueryState.Describe.PORTAL, TEXT);
        }
        candidate = cache.candidate(known, parameters);
        String name = candidate == null ? UNNAMED : candidate.name();
        int resultFormat = candidate == null ? TEXT : candidate.resultFormat();
        out.parse(name, sql, parameters);
        out.describeStatement(name);
        out.bind(UNNAMED, name, parameters, resultFormat);
        out.execute(UNNAMED, 0);
        out.sync();
        return ExtendedQueryState.parsing(
                sink, session.row(), closes, ExtendedQueryState.Describe.STATEMENT, resultFormat);
    }

    private void requireCount(int expected) {
        if (expected != parameters.count()) {
            throw new PgUsageException(countMismatch(expected));
        }
    }

    private String countMismatch(int expected) {
        return "the statement has " + expected + " parameters, but " + parameters.count() + " were bound";
    }

    void onParseComplete() {
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
        if (cached != null) {
            cached.onDescription(columns);
        }
        if (candidate != null) {
            candidate.onDescription(columns);
        }
    }

    /** Whether the SQL may be COPY FROM STDIN or COPY TO STDOUT. */
    boolean mayEnterCopy() {
        return mayEnterCopy;
    }

    /** Returns the beginning of the SQL, for messages. */
    String excerpt() {
        return sql.length() <= EXCERPT_LENGTH ? sql : sql.substring(0, EXCERPT_LENGTH) + "...";
    }

    /** Behind the end of one statement's result. */
    void onResultEnd() {
        shape = null;
    }

    /** Returns the columns of the open result, null if it has none. */
    @Nullable ResultShape shape() {
        return shape;
    }

    /** Learns from an error and returns the exception for it. */
    PgException onError(ErrorFields error) {
        if (prepared != null && cached != null && isStale(error)) {
            session.statements().evict(cached, prepared);
        }
        if (describedParameters >= 0 && describedParameters != parameters.count() && isBindMismatch(error)) {
            return new PgUsageException(countMismatch(describedParameters), Failures.ofServer(error));
        }
        return Failures.ofServer(error);
    }

    private static boolean isBindMismatch(ErrorFields error) {
        return error.sqlState().equals("08P01");
    }

    /** Whether the server does not know the statement any more, or its columns have changed since it was parsed. */
    private static boolean isStale(ErrorFields error) {
        String routine = error.field('R');
        return error.sqlState().equals("26000")
                || (error.sqlState().equals("0A000") && routine != null && routine.startsWith("RevalidateCached"));
    }

    /** The conversation has ended. */
    void onReady() {
        if (candidate != null && cached != null) {
            session.statements().onParsed(cached, candidate);
        }
    }
}
