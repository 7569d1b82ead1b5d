package io.fluxgres.internal.statement;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Where a client may execute a statement, by its first keyword. A list of what is allowed on connections that statements
 * share, so that what is not known goes to a connection of its own.
 *
 * <p>A keyword does not tell what a function does: advisory locks of the session and {@code set_config} pass.
 */
public enum Placement {
    /** On a connection with others. */
    SHARED,
    /** On a connection that serves nothing else meanwhile. */
    EXCLUSIVE,
    /** Nowhere: it makes sense only together with other statements of its session. */
    REFUSED;

    private static final List<String> SHARED_KEYWORDS =
            List.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE", "WITH", "SHOW", "EXPLAIN");

    private static final List<String> REFUSED_KEYWORDS = List.of(
            "BEGIN",
            "START",
            "COMMIT",
            "END",
            "ROLLBACK",
            "ABORT",
            "SAVEPOINT",
            "RELEASE",
            "SET",
            "RESET",
            "DISCARD",
            "LISTEN",
            "UNLISTEN",
            "DECLARE",
            "FETCH",
            "MOVE",
            "CLOSE",
            "PREPARE",
            "EXECUTE",
            "DEALLOCATE",
            "LOCK",
            "LOAD");

    /** Returns where several statements may be executed together: where the most demanding of them may. */
    public static Placement of(String... sqls) {
        Objects.requireNonNull(sqls, "sqls");
        return Arrays.stream(sqls)
                .map(Placement::of)
                .max(Comparator.naturalOrder())
                .orElse(SHARED);
    }

    /** Returns where SQL may be executed. Several statements in one text are judged by the first, and never shared. */
    public static Placement of(String sql) {
        Objects.requireNonNull(sql, "sql");
        int start = SqlText.keywordStart(sql, true);
        if (isAnyOf(SHARED_KEYWORDS, sql, start)) {
            return SqlText.isMultiple(sql) ? EXCLUSIVE : SHARED;
        }
        return isAnyOf(REFUSED_KEYWORDS, sql, start) ? REFUSED : EXCLUSIVE;
    }

    /** Makes no objects, for every statement of a client passes here: see {@code ClientCostIT}. */
    private static boolean isAnyOf(List<String> keywords, String sql, int start) {
        for (int i = 0; i < keywords.size(); i++) {
            if (SqlText.isKeyword(sql, start, keywords.get(i))) {
                return true;
            }
        }
        return false;
    }
}
