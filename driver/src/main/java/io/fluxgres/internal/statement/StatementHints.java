package io.fluxgres.internal.statement;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What the connections of a factory have learnt about SQL texts and share: who should choose the types of values that were bound
 * without one, and whether that can be tried behind a savepoint.
 *
 * <p>Only a hint, which costs one more attempt where it is wrong, and is given up then: what the server refuses today it may
 * accept tomorrow. The formats of columns are not shared: under another
 * search_path, role or temporary table the same text may have columns that cannot be read in binary. Bounded; asked only
 * when a text is new to a connection. May be used by any thread.
 */
public final class StatementHints {

    private static final int MAXIMUM_TEXTS = 1024;
    private static final int MAXIMUM_LENGTH = 16 * 1024;

    private final Map<String, TextTypes> hints = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TextTypes> eldest) {
            return size() > MAXIMUM_TEXTS;
        }
    };

    /** Long, for to try a savepoint again may cost a transaction. */
    private final ServerAbility savepoint = new ServerAbility(Duration.ofDays(1), System::nanoTime);

    /** Returns whether the server has savepoints, behind which types are tried. */
    ServerAbility savepoint() {
        return savepoint;
    }

    synchronized TextTypes get(String sql) {
        return hints.getOrDefault(sql, TextTypes.UNKNOWN);
    }

    /** Adds to what is known, which others may have learnt more of since. */
    synchronized void learn(String sql, UnaryOperator<TextTypes> lesson) {
        if (sql.length() <= MAXIMUM_LENGTH) {
            hints.put(sql, lesson.apply(get(sql)));
        }
    }
}
