package io.fluxgres.internal.flight;

import io.fluxgres.PgException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.BatchState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.statement.BoundStatement;
import io.fluxgres.internal.statement.Failures;
import io.fluxgres.internal.statement.Lesson;
import io.fluxgres.internal.statement.PreparedStatement;
import io.fluxgres.internal.statement.Residue;
import io.fluxgres.internal.statement.ResultShape;
import io.fluxgres.internal.statement.SqlText;
import io.fluxgres.internal.statement.StatementCache;
import io.fluxgres.internal.statement.StatementCache.CachedText;
import io.fluxgres.internal.statement.TypeChoice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements of an atomic batch, each executed by a run of items, and what the connection learns of them.
 *
 * <p>A statement begins where an item differs from the one before, in its SQL or in the types of its values. It is parsed
 * there, and kept prepared by the rules of the {@link StatementCache}, or was before. Results of what is parsed are in
 * text, for Bind is written before the columns are known.
 *
 * <p>Items are written ahead of their answers; both are counted here. Confined to the event loop.
 */
final class BatchStatements {

    private static final int TEXT = 0;

    /**
     * A statement and the item from which on it is executed.
     *
     * @param columns its columns in the format that each Bind of it asks for, null if that is text or if there are none
     * @param parsed whether this batch parses it
     * @param first the values of that item
     * @param choice how they were sent
     */
    private record Run(
            long firstItem,
            String sql,
            CachedText text,
            PreparedStatement statement,
            @Nullable ResultShape columns,
            boolean parsed,
            BoundStatement first,
            TypeChoice choice) {}

    private final Session session;
    private final StatementCache cache;
    /** How the first item is to be sent in another attempt, null in the first. */
    private final @Nullable TypeChoice repetition;

    private long written;
    private long answered;
    /** What the latest run was written with last. */
    private @Nullable BoundStatement latest;
    /** The runs that were written and whose first answer is still to come. */
    private final Deque<Run> ahead = new ArrayDeque<>();

    private @Nullable Run answering;
    /** The columns of what is being answered. */
    private @Nullable ResultShape shape;

    /** The item that is being answered is executed: its error is not the refusal of its statement. */
    private boolean bound;

    private int describedParameters = -1;
    /** The statements that are parsed under a name. */
    private final List<Run> candidates = new ArrayList<>(1);

    private Lesson lesson = Lesson.NONE;
    private boolean reads = true;
    private boolean changesSession;
    private boolean definesObjects;
    private boolean cancellable = true;

    /**
     * Creates the statements of a batch.
     *
     * @param repetition how the first item is to be sent if this is another attempt, null if it is the first
     */
    BatchStatements(Session session, @Nullable TypeChoice repetition) {
        this.session = session;
        this.cache = session.statements();
        this.repetition = repetition;
    }

    /** Returns those of another attempt. */
    BatchStatements another() {
        TypeChoice next = lesson.next();
        return new BatchStatements(session, next == null ? answering().choice() : next);
    }

    /** Returns how many items were written. */
    long written() {
        return written;
    }

    /** Returns how many items were answered. */
    long answered() {
        return answered;
    }

    // ---- writing

    /** Writes an item; if it throws, what it wrote is to be taken back. */
    void write(FrontendWriter out, BatchState conversation, BoundStatement item) {
        Run last = ahead.isEmpty() ? answering : ahead.peekLast();
        BoundStatement fitting =
                last == null || !last.sql().equals(item.sql()) ? null : fitting(last.statement(), item);
        if (last != null && fitting != null) {
            writeExecution(out, last, fitting);
            conversation.onItemWritten();
        } else {
            writeFirst(out, conversation, item);
        }
        written++;
    }

    /**
     * Returns the values as they fit the declared types of a statement, null if they do not. A string fits a parameter whose
     * type the server has inferred too, as it did for a NULL in an item before.
     */
    private @Nullable BoundStatement fitting(PreparedStatement statement, BoundStatement given) {
        if ((latest != null && latest.sharesEncodings(given)) || statement.fits(given)) {
            return given;
        }
        if (!given.hasPlainStrings()) {
            return null;
        }
        BoundStatement inferred = given.withInferredStrings();
        return statement.fits(inferred) ? inferred : null;
    }

    /** Writes the first item of a statement. */
    private void writeFirst(FrontendWriter out, BatchState conversation, BoundStatement item) {
        CachedText text = cache.execute(item.sql());
        text.requireNoSurplus(session.server().parameters().hasStandardStrings(), item.count());
        if (text.text().mayEnterCopy() && SqlText.isCopy(item.sql())) {
            throw new PgUsageException("COPY FROM STDIN and COPY TO STDOUT cannot be part of a batch");
        }
        session.reset().onStatement(text.text());
        TypeChoice choice =
                written == 0 && repetition != null ? repetition : text.types().choice();
        BoundStatement parameters = choice.bound(item);
        PreparedStatement known = cache.find(text, parameters);
        if (known != null) {
            Failures.requireCount(known.parameterCount(), parameters.count());
            boolean settled = !changesSession
                    && !text.text().changesSession()
                    && !session.wire().isSessionChanging();
            ResultShape columns = known.shape(settled);
            Run run = new Run(written, item.sql(), text, known, columns, false, item, choice);
            writeExecution(out, run, parameters);
            conversation.onPreparedItemWritten(columns == null ? null : columns.description());
            ahead.add(run);
        } else {
            parameters = choice.parsed(parameters);
            PreparedStatement candidate = cache.candidate(text, parameters);
            PreparedStatement parsed = candidate != null ? candidate : new PreparedStatement(Name.UNNAMED, parameters);
            Run run = new Run(written, item.sql(), text, parsed, null, true, item, choice);
            if (candidate != null) {
                candidates.add(run);
            }
            out.parse(parsed.name(), item.sql(), parameters);
            out.describeStatement(parsed.name());
            writeExecution(out, run, parameters);
            conversation.onParsedItemWritten();
            ahead.add(run);
        }
        reads &= text.text().reads();
        changesSession |= text.text().changesSession();
        definesObjects |= text.text().definesObjects();
        cancellable &= text.text().cancellable();
    }

    private void writeExecution(FrontendWriter out, Run run, BoundStatement parameters) {
        ResultShape columns = run.columns();
        out.bind(Name.UNNAMED, run.statement().name(), parameters, columns == null ? TEXT : columns.formatCode());
        out.execute(Name.UNNAMED, 0);
        latest = parameters;
    }

    /** Returns what is known of all that was written. */
    SqlText text() {
        return new SqlText(
                false,
                false,
                false,
                reads && written > 0,
                changesSession,
                definesObjects,
                cancellable,
                Residue.NONE,
                false);
    }

    // ---- the answers

    void onParseComplete() {
        Run run = answering();
        cache.onParseAccepted(run.text(), run.first(), run.choice());
        run.statement().onParseComplete();
    }

    void onParameterDescription(ParameterDescription description) {
        describedParameters = description.size();
        answering().statement().onParameterDescription(description);
    }

    /** Returns the columns of the result that begins. */
    ResultShape onRowDescription(RowDescription description) {
        Run run = answering();
        ResultShape told = ResultShape.of(run.columns(), description, session.codecs());
        shape = told;
        if (run.parsed()) {
            run.statement().onDescription(told);
        }
        return told;
    }

    void onBindComplete() {
        bound = true;
    }

    void onNoData() {
        answering().statement().onDescription(null);
    }

    /** Returns the columns of the item that is being answered, null if it has none. */
    @Nullable ResultShape shape() {
        answering();
        return shape;
    }

    /** Returns the statement of the item that is being answered. */
    private Run answering() {
        Run next = ahead.peek();
        if (next != null && next.firstItem() == answered) {
            answering = ahead.remove();
            describedParameters = -1;
            shape = null;
        }
        Run current = answering;
        if (current == null) {
            throw new IllegalStateException("no item was written");
        }
        return current;
    }

    void onResultEnd() {
        answered++;
        bound = false;
    }

    /** Learns from the error of the item that is being answered, and returns the exception for it. */
    PgException onError(ErrorFields error) {
        Run run = answering();
        PreparedStatement statement = run.statement();
        if (!run.parsed() && !bound) {
            // once it is bound it is something else that the statement executes
            Lesson learnt = cache.onBindRefused(error, run.text(), statement, run.first(), run.choice());
            lesson = repetition == null ? learnt : Lesson.NONE;
        } else if (run.parsed() && !statement.isParsed()) {
            lesson = cache.onParseRefused(error, run.text(), run.first(), run.choice());
        }
        PgException failure = Failures.ofServer(error, run.sql());
        int bound = statement.declaredParameters();
        if (describedParameters >= 0
                && describedParameters != bound
                && error.sqlState().equals("08P01")) {
            return new PgUsageException(Failures.countMismatch(describedParameters, bound), failure);
        }
        return failure;
    }

    /** Whether nothing of the batch had an effect, and another attempt would be made differently. */
    boolean isRepeatable() {
        return lesson.isRepeatable() && answered == 0;
    }

    boolean isInVain() {
        return lesson.inVain();
    }

    /** The group has ended, or was not sent. */
    void onEnd() {
        candidates.forEach(run -> cache.onParsed(run.text(), run.statement()));
        candidates.clear();
    }
}
