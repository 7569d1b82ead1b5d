package io.fluxgres.internal.statement;

import java.util.Locale;
import java.util.Set;

/**
 * What the driver must know of a SQL text, and no more: the server does the parsing.
 *
 * @param multiple whether it may hold several statements: a semicolon stands before its last character that is not white
 *     space. A superset test; a semicolon in a literal counts too and only costs text results.
 * @param cacheable whether it may be kept prepared: by its first keyword. FETCH and EXECUTE are not, for the server lets
 *     their columns change without an error.
 * @param mayEnterCopy whether it may be COPY FROM STDIN or TO STDOUT: it contains the words. A superset test too, which
 *     only costs that nothing is sent behind it.
 * @param reads whether it is one statement that by its first keyword only reads
 * @param changesSession whether what stands behind it may mean something else than in front of it: it may begin or end a
 *     transaction or a savepoint, set a parameter or the role, create or drop something. A superset test, by the first
 *     keyword and the word set_config; what other functions set is not seen.
 * @param definesObjects whether it may create, alter or drop something, so that names and types of statements that are
 *     prepared stand for something else. The server sees to most of that; not to a table that hides another, nor to the types
 *     that it inferred for parameters.
 * @param cancellable whether a cancel may hit it: not so a command that does nothing but begin or end a transaction or a
 *     savepoint, for nobody could tell then which of the two had happened
 * @param leaves what it may leave in the session that its command tag does not tell, or would not if it failed: by the
 *     first keyword, and the names of functions and settings that change the session. A superset test too, which only costs a
 *     reset.
 * @param resets whether it is one statement that may give parameters the values back with which the session began
 */
public record SqlText(
        boolean multiple,
        boolean cacheable,
        boolean mayEnterCopy,
        boolean reads,
        boolean changesSession,
        boolean definesObjects,
        boolean cancellable,
        Residue leaves,
        boolean resets) {

    /** Of SQL that was not looked at. */
    public static final SqlText UNKNOWN =
            new SqlText(false, false, false, false, false, false, true, Residue.NONE, false);

    private static final Set<String> CACHEABLE =
            Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE", "WITH");

    private static final Set<String> READING = Set.of("SELECT", "VALUES", "TABLE", "SHOW");

    private static final Set<String> TRANSACTION_COMMAND =
            Set.of("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE");

    private static final Set<String> DEFINING = Set.of("CREATE", "ALTER", "DROP");

    private static final Set<String> RESETTING = Set.of("RESET", "DISCARD");

    /** They may do anything, and keep what they have done and committed when they fail. */
    private static final Set<String> RUNNING = Set.of("CALL", "DO");

    /** In the names of the functions that change the session, and of the view that does when it is updated. */
    private static final Set<String> CHANGING = Set.of("set_config", "advisory", "pg_settings");

    /** What SET changes so that names stand for something else. */
    private static final Set<String> RENAMING = Set.of("schema", "role", "authorization");

    /** Those that leave the session as it is. */
    private static final Set<String> ORDINARY = Set.of(
            "SELECT", "VALUES", "TABLE", "SHOW", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "EXPLAIN", "FETCH",
            "COPY");

    public static SqlText of(String sql) {
        boolean multiple = isMultiple(sql);
        String keyword = firstKeyword(sql, false);
        return new SqlText(
                multiple,
                CACHEABLE.contains(keyword),
                mayEnterCopy(sql),
                !multiple && READING.contains(keyword),
                multiple || !ORDINARY.contains(keyword) || contains(sql, "set_config"),
                DEFINING.contains(keyword) || (multiple && DEFINING.stream().anyMatch(word -> contains(sql, word))),
                multiple || !TRANSACTION_COMMAND.contains(keyword),
                residue(sql, keyword),
                !multiple && RESETTING.contains(keyword));
    }

    private static Residue residue(String sql, String keyword) {
        boolean sets = keyword.equals("SET") || keyword.equals("RESET");
        if (contains(sql, "search_path") || (sets && RENAMING.stream().anyMatch(word -> contains(sql, word)))) {
            return Residue.NAMES;
        }
        boolean changes = RUNNING.contains(keyword) || CHANGING.stream().anyMatch(word -> contains(sql, word));
        return changes ? Residue.STATE : Residue.NONE;
    }

    static boolean isMultiple(String sql) {
        int last = sql.length() - 1;
        while (last >= 0 && Character.isWhitespace(sql.charAt(last))) {
            last--;
        }
        int semicolon = sql.indexOf(';');
        return semicolon >= 0 && semicolon < last;
    }

    /** Whether the statement is COPY, from or to wherever. */
    public static boolean isCopy(String sql) {
        return firstKeyword(sql, true).equals("COPY");
    }

    private static boolean mayEnterCopy(String sql) {
        return contains(sql, "copy") && (contains(sql, "stdin") || contains(sql, "stdout"));
    }

    private static boolean contains(String sql, String word) {
        int upper = Character.toUpperCase(word.charAt(0));
        int lower = Character.toLowerCase(word.charAt(0));
        for (int i = 0; i + word.length() <= sql.length(); i++) {
            char c = sql.charAt(i);
            if ((c == lower || c == upper) && sql.regionMatches(true, i, word, 0, word.length())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the first word behind white space, comments and opening parentheses, in upper case.
     *
     * @param skipsEmpty whether it may stand behind empty statements too
     */
    private static String firstKeyword(String sql, boolean skipsEmpty) {
        int start = keywordStart(sql, skipsEmpty);
        int end = start;
        while (end < sql.length() && Character.isLetter(sql.charAt(end))) {
            end++;
        }
        return sql.substring(start, end).toUpperCase(Locale.ROOT);
    }

    /** Returns where that word begins. */
    static int keywordStart(String sql, boolean skipsEmpty) {
        int start = 0;
        while (start < sql.length()) {
            char c = sql.charAt(start);
            if (Character.isWhitespace(c) || c == '(' || (skipsEmpty && c == ';')) {
                start++;
            } else if (sql.startsWith("--", start)) {
                start = lineEnd(sql, start);
            } else if (sql.startsWith("/*", start)) {
                start = commentEnd(sql, start);
            } else {
                break;
            }
        }
        return start;
    }

    /** Whether a word stands at an index, in whatever case. */
    static boolean isKeyword(String sql, int start, String word) {
        int end = start + word.length();
        return sql.regionMatches(true, start, word, 0, word.length())
                && (end == sql.length() || !Character.isLetter(sql.charAt(end)));
    }

    /** Returns the index behind a line comment, in front of its line end. */
    static int lineEnd(String sql, int start) {
        int end = start;
        while (end < sql.length() && sql.charAt(end) != '\n' && sql.charAt(end) != '\r') {
            end++;
        }
        return end;
    }

    /** Returns the index behind a block comment; block comments nest. */
    static int commentEnd(String sql, int start) {
        int depth = 0;
        int index = start;
        while (index < sql.length()) {
            if (sql.startsWith("/*", index)) {
                depth++;
                index += 2;
            } else if (sql.startsWith("*/", index)) {
                depth--;
                index += 2;
                if (depth == 0) {
                    return index;
                }
            } else {
                index++;
            }
        }
        return index;
    }
}
