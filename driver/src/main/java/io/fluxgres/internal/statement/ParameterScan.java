package io.fluxgres.internal.statement;

/**
 * Finds the places where a SQL text names its parameters, {@code $1}, {@code $2} and so on. What looks like a parameter in a
 * string constant, a quoted identifier, a dollar-quoted string or a comment is none.
 *
 * <p>A backslash is an ordinary character of a string constant without E, which holds only while
 * {@code standard_conforming_strings} is on.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-syntax-lexical.html">Lexical Structure</a>
 */
final class ParameterScan {

    private final String sql;
    private final Found found;
    private int position;

    /** Takes what is found, in the order of the text. */
    @FunctionalInterface
    interface Found {

        /** A parameter stands from {@code start}, where its dollar sign is, until in front of {@code end}. */
        void at(int start, int end);
    }

    private ParameterScan(String sql, Found found) {
        this.sql = sql;
        this.found = found;
    }

    /** Tells of each parameter that a SQL text names. */
    static void scan(String sql, Found found) {
        new ParameterScan(sql, found).scan();
    }

    /** Returns the highest number of a parameter that a SQL text names, 0 if it names none. */
    static int highest(String sql) {
        int[] highest = {0};
        if (sql.indexOf('$') >= 0) {
            scan(sql, (start, end) -> highest[0] = Math.max(highest[0], number(sql, start, end)));
        }
        return highest[0];
    }

    /** Returns the number of a parameter that was found; one too high for the server is {@code Integer.MAX_VALUE}. */
    static int number(String sql, int start, int end) {
        return end - start > 6 ? Integer.MAX_VALUE : Integer.parseInt(sql, start + 1, end, 10);
    }

    private void scan() {
        while (position < sql.length()) {
            char c = sql.charAt(position);
            switch (c) {
                case '\'' -> quoted('\'', isEscapeString());
                case '"' -> quoted('"', false);
                case '$' -> dollar();
                case '-' -> comment("--");
                case '/' -> comment("/*");
                default -> position++;
            }
        }
    }

    /** Whether the quote at the position opens a string with backslash escapes: an E that is a word of its own before it. */
    private boolean isEscapeString() {
        if (position == 0 || (sql.charAt(position - 1) != 'e' && sql.charAt(position - 1) != 'E')) {
            return false;
        }
        return position == 1 || !isIdentifierPart(sql.charAt(position - 2));
    }

    /** Passes a string or quoted identifier, in which a doubled quote stands for one. */
    private void quoted(char quote, boolean escapes) {
        int end = position + 1;
        while (end < sql.length()) {
            char c = sql.charAt(end);
            if (c == quote && (end + 1 == sql.length() || sql.charAt(end + 1) != quote)) {
                end++;
                break;
            }
            end += c == quote || (escapes && c == '\\') ? 2 : 1;
        }
        position = Math.min(end, sql.length());
        if (escapes) {
            continuation();
        }
    }

    /** A string goes on, as what it is, behind white space with a line end in it. */
    private void continuation() {
        boolean newLine = false;
        int next = position;
        while (next < sql.length()) {
            char c = sql.charAt(next);
            if (c == '\n' || c == '\r') {
                newLine = true;
                next++;
            } else if (isSpace(c)) {
                next++;
            } else if (sql.startsWith("--", next)) {
                next = SqlText.lineEnd(sql, next);
            } else {
                break;
            }
        }
        if (newLine && next < sql.length() && sql.charAt(next) == '\'') {
            position = next;
            quoted('\'', true);
        }
    }

    /** A parameter, a dollar-quoted string, or a dollar sign within an identifier. */
    private void dollar() {
        if (position > 0 && isIdentifierPart(sql.charAt(position - 1))) {
            position++;
            return;
        }
        int end = position + 1;
        while (end < sql.length() && isDigit(sql.charAt(end))) {
            end++;
        }
        if (end > position + 1) {
            found.at(position, end);
            position = end;
        } else {
            dollarQuoted();
        }
    }

    private void dollarQuoted() {
        int tagEnd = position + 1;
        while (tagEnd < sql.length() && isIdentifierPart(sql.charAt(tagEnd)) && sql.charAt(tagEnd) != '$') {
            tagEnd++;
        }
        if (tagEnd == sql.length() || sql.charAt(tagEnd) != '$') {
            position++;
            return;
        }
        String delimiter = sql.substring(position, tagEnd + 1);
        int close = sql.indexOf(delimiter, tagEnd + 1);
        position = close < 0 ? sql.length() : close + delimiter.length();
    }

    private void comment(String opening) {
        if (!sql.startsWith(opening, position)) {
            position++;
        } else if (opening.equals("--")) {
            position = SqlText.lineEnd(sql, position);
        } else {
            position = SqlText.commentEnd(sql, position);
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\f' || c == '\u000B';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isIdentifierPart(char c) {
        return c == '_' || c == '$' || isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
    }
}
