package io.fluxgres.internal.session;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of a factory have learnt about SQL texts, as hints for a connection that has not seen them: in which
 * format their columns can be asked for, and who should choose the types of strings.
 *
 * <p>Only hints: rows are decoded by what their own connection was told, for another search_path, role or temporary table
 * may give the same text other columns. Bounded; asked only when a text is new to a connection. May be used by any thread.
 */
final class StatementHints {

    private static final int MAXIMUM_TEXTS = 1024;
    private static final int MAXIMUM_LENGTH = 16 * 1024;

    private final Map<String, Hint> hints = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Hint> eldest) {
            return size() > MAXIMUM_TEXTS;
        }
    };

    /** Who chooses the types of strings that were bound without one. */
    enum StringTypes {
        /** The driver declares them as varchar; should that fail, the server may. */
        UNTRIED,
        /** The driver declares them as varchar, for the server cannot infer them. */
        DECLARED,
        /** The server infers them. */
        INFERRED
    }

    /**
     * A hint.
     *
     * @param binaryCapable whether all columns could be read in binary
     */
    record Hint(boolean binaryCapable, StringTypes stringTypes) {}

    synchronized @Nullable Hint get(String sql) {
        return hints.get(sql);
    }

    synchronized void put(String sql, Hint hint) {
        if (sql.length() <= MAXIMUM_LENGTH) {
            hints.put(sql, hint);
        }
    }
}
