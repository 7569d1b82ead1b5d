package io.fluxgres.internal.statement;

import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.Parameters;
import io.fluxgres.internal.statement.TextTypes.StringTypes;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The SQL texts that a connection executed lately and the statements it keeps prepared for them.
 *
 * <p>A text is executed unnamed until the threshold, then kept under a name in one variant for each list of declared
 * parameter types, up to {@value #MAXIMUM_VARIANTS}. Texts are forgotten in the order of their last use; what was prepared
 * for them is closed in front of the next flight. Names carry a random prefix, so that two connections which a pooler
 * leads to one session do not meet.
 *
 * <p>Confined to the event loop.
 */
public final class StatementCache {

    /** Beyond this, parameter types that keep changing would only fill the server's memory. */
    private static final int MAXIMUM_VARIANTS = 4;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final int size;
    private final int threshold;
    private final StatementHints hints;
    private final String prefix;
    private final Map<String, CachedText> texts;
    private final Queue<Name> toClose = new ArrayDeque<>();
    private int named;

    /** A text and what is known about it. */
    public static final class CachedText {

        private final String sql;
        private final SqlText text;
        private final List<PreparedStatement> variants = new ArrayList<>(1);
        private int executions;
        private TextTypes types;
        /** The highest number of a parameter that it names, -1 before somebody asked. */
        private int parameters = -1;

        /** A statement for it was sent and ParseComplete was not read: further executions go unnamed until then. */
        private boolean parsing;
        /** It was forgotten while an execution was in flight. */
        private boolean evicted;

        private CachedText(String sql, TextTypes types) {
            this.sql = sql;
            this.types = types;
            this.text = SqlText.of(sql);
        }

        public SqlText text() {
            return text;
        }

        /**
         * Refuses more values than the text has parameters, which the server would ignore: it takes each declared type for a
         * parameter. Where a backslash may be an escape in any string, the parameters cannot be told.
         */
        public void requireNoSurplus(boolean standardStrings, int bound) {
            if (bound == 0 || !standardStrings) {
                return;
            }
            if (parameters < 0) {
                parameters = ParameterScan.highest(sql);
            }
            if (bound > parameters) {
                String hint = parameters == 0 ? ServerErrorContext.placeholderHint(sql) : "";
                throw new PgUsageException(Failures.countMismatch(parameters, bound) + hint);
            }
        }

        public TextTypes types() {
            return types;
        }
    }

    /**
     * Creates an empty cache.
     *
     * @param size the most texts that are remembered; 0 keeps nothing prepared
     * @param threshold from which execution on a text is kept prepared
     * @param hints what other connections have learnt
     */
    public StatementCache(int size, int threshold, StatementHints hints) {
        this.hints = hints;
        this.size = size;
        this.threshold = threshold;
        byte[] random = new byte[4];
        RANDOM.nextBytes(random);
        this.prefix = "fluxgres_" + HexFormat.of().formatHex(random) + "_";
        this.texts = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, CachedText> eldest) {
                if (size() <= size) {
                    return false;
                }
                eldest.getValue().evicted = true;
                eldest.getValue().variants.forEach(statement -> toClose.add(statement.name()));
                return true;
            }
        };
    }

    /** Returns what is known about a text and counts an execution of it. */
    public CachedText execute(String sql) {
        CachedText cached = texts.get(sql);
        if (cached == null) {
            cached = new CachedText(sql, hints.get(sql));
            if (size > 0 && cached.text.cacheable()) {
                texts.put(sql, cached);
            }
        }
        cached.executions++;
        return cached;
    }

    /**
     * Whether it is not known if the server accepts the types of values that were bound without one. A null fits whatever type
     * a prepared statement has for it.
     */
    public boolean areTypesUntried(BoundStatement statement) {
        boolean strings = statement.hasPlainStrings();
        long nulls = statement.bareNulls();
        if (!strings && nulls == 0) {
            return false;
        }
        CachedText cached = texts.get(statement.sql());
        TextTypes types = cached == null ? hints.get(statement.sql()) : cached.types;
        if (strings && types.strings() == StringTypes.UNTRIED) {
            return true;
        }
        return types.areNullsUntried(nulls)
                && (cached == null || find(cached, types.choice().bound(statement)) == null);
    }

    /** Returns whether the server has savepoints. */
    public ServerAbility savepoint() {
        return hints.savepoint();
    }

    /** Learns about the types of a text's values. */
    void learn(CachedText cached, UnaryOperator<TextTypes> lesson) {
        cached.types = lesson.apply(cached.types);
        hints.learn(cached.sql, lesson);
    }

    /** Returns the prepared statement of a text whose declared types fit, or null. */
    public @Nullable PreparedStatement find(CachedText cached, Parameters parameters) {
        for (int i = 0; i < cached.variants.size(); i++) {
            PreparedStatement statement = cached.variants.get(i);
            if (statement.fits(parameters)) {
                return statement;
            }
        }
        return null;
    }

    /** Returns a statement to be parsed under a name, or null if the text is to be executed unnamed. */
    public @Nullable PreparedStatement candidate(CachedText cached, Parameters parameters) {
        if (size == 0
                || !cached.text.cacheable()
                || cached.executions < threshold
                || cached.parsing
                || cached.variants.size() == MAXIMUM_VARIANTS) {
            return null;
        }
        cached.parsing = true;
        return new PreparedStatement(newName(), parameters);
    }

    /** Returns a name for a statement or a portal that nobody else uses on this server. */
    public Name newName() {
        return Name.of(prefix + named++);
    }

    /** Takes in a statement after its first execution: keeps it, or closes it if not all of it became known. */
    public void onParsed(CachedText cached, PreparedStatement statement) {
        cached.parsing = false;
        if (!statement.isParsed()) {
            return;
        }
        if (statement.isComplete() && !cached.evicted) {
            cached.variants.add(statement);
        } else {
            toClose.add(statement.name());
        }
    }

    /** Gives up a statement that the server refuses to execute any more. */
    void evict(CachedText cached, PreparedStatement statement) {
        if (cached.variants.remove(statement)) {
            toClose.add(statement.name());
        }
    }

    /**
     * Learns from the error of an execution that bound a prepared statement.
     *
     * @param given the values
     * @param choice how they were sent
     */
    public Lesson onBindRefused(
            ErrorFields error, CachedText cached, PreparedStatement bound, BoundStatement given, TypeChoice choice) {
        boolean mismatch = isTypeMismatch(error);
        long nulls = given.bareNulls();
        if (mismatch && choice.declaresStringsOf(given)) {
            learn(cached, types -> types.withStrings(StringTypes.INFERRED));
        } else if (mismatch && nulls != 0) {
            learn(cached, types -> types.withoutNulls(nulls));
        } else if (!isStale(error) && !(bound.hasInferredParameters() && mayBeOfInferredType(error))) {
            return Lesson.NONE;
        }
        evict(cached, bound);
        return Lesson.repeat(cached.types.choice());
    }

    /** Whether the server does not know the statement any more, or its columns have changed since it was parsed. */
    private static boolean isStale(ErrorFields error) {
        String routine = error.field('R');
        return error.sqlState().equals("26000")
                || (error.sqlState().equals("0A000") && routine != null && routine.startsWith("RevalidateCached"));
    }

    /**
     * Whether a value was refused, or the statement, and that may be due to the type which the server inferred for a parameter
     * at Parse and keeps, while the column it was meant for has become of another.
     */
    private static boolean mayBeOfInferredType(ErrorFields error) {
        String state = error.sqlState();
        return state.startsWith("22") || state.startsWith("42") || state.equals("XX000");
    }

    /** Learns from ParseComplete. */
    public void onParseAccepted(CachedText cached, BoundStatement given, TypeChoice choice) {
        if (choice.declaresStringsOf(given) && cached.types.strings() == StringTypes.UNTRIED) {
            learn(cached, types -> types.withStrings(StringTypes.ACCEPTED));
        }
        long nulls = given.bareNulls();
        if (cached.types.areNullsUntried(nulls)) {
            long declared = choice.declaredNullsOf(given);
            learn(cached, types -> types.withNulls(nulls & ~declared, declared));
        }
    }

    /**
     * Learns from an error in front of ParseComplete: a null needs a type, or the types of something do not fit. The latter may be
     * due to the strings, and where they were sent both ways, or were accepted before nulls were declared, to these. What is
     * refused both ways teaches nothing.
     *
     * <p>What is known of the text is not always what this execution was sent with: others may have taught it since.
     *
     * @param given the values
     * @param choice how they were sent
     */
    public Lesson onParseRefused(ErrorFields error, CachedText cached, BoundStatement given, TypeChoice choice) {
        if (!isTypeMismatch(error)) {
            return Lesson.NONE;
        }
        long wanting = choice.nullsToDeclare(error, given);
        if (wanting != 0) {
            learn(cached, types -> types.withNulls(0, wanting));
            return Lesson.repeat(choice.declareNulls(wanting));
        }
        boolean inferred = choice.infersStringsOf(given);
        if (inferred) {
            learn(cached, types -> types.withStrings(StringTypes.UNTRIED));
        }
        if (given.hasPlainStrings() && !choice.stringsTurned() && !choice.nullsTurned()) {
            if (!inferred) {
                learn(cached, types -> types.withStrings(StringTypes.INFERRED));
            }
            return Lesson.repeat(choice.turnStrings());
        }
        long declared = TypeChoice.isUndetermined(error) ? 0 : choice.declaredNullsOf(given);
        if (declared != 0) {
            learn(cached, types -> types.withoutNulls(declared));
        }
        if (declared != 0 && !choice.nullsTurned()) {
            return Lesson.repeat(choice.inferNulls());
        }
        return inferred || declared != 0 ? Lesson.IN_VAIN : Lesson.NONE;
    }

    /**
     * Whether the server refuses the statement because of the type of something: no such operator or function, ambiguous or
     * undeterminable parameter, an expression of another type than its column.
     */
    private static boolean isTypeMismatch(ErrorFields error) {
        return switch (error.sqlState()) {
            case "42804", "42809", "42883", "42P18", "42P08", "42725" -> true;
            default -> false;
        };
    }

    /** Gives up everything that was prepared. */
    public void evictAll() {
        for (CachedText cached : texts.values()) {
            cached.variants.forEach(statement -> toClose.add(statement.name()));
            cached.variants.clear();
        }
    }

    /** Forgets everything: the server dropped all prepared statements. */
    public void clear() {
        texts.values().forEach(cached -> cached.variants.clear());
        toClose.clear();
    }

    /** Writes the Close messages that are due and returns how many they are. */
    public int writeCloses(FrontendWriter out) {
        if (toClose.isEmpty()) {
            return 0;
        }
        toClose.forEach(out::closeStatement);
        return toClose.size();
    }

    /** The flight with the {@code count} Close messages that were due is complete; others may be due since. */
    public void closesWritten(int count) {
        for (int i = 0; i < count; i++) {
            toClose.remove();
        }
    }
}
