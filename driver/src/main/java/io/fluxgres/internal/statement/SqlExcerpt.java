package io.fluxgres.internal.statement;

/**
 * SQL as messages may show it: one line of about {@value #LENGTH} characters, without comments, and with {@code ?} in the place of
 * every string, dollar-quoted and number constant.
 *
 * <p>Nothing is shown from where it cannot be told what is a constant: a backslash in front of a quote is an escape or not, as
 * {@code standard_conforming_strings} says.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-syntax-lexical.html">Lexical Structure</a>
 */
public final class SqlExcerpt {

    private static final int LENGTH = 200;

    private final String sql;
    private final StringBuilder out = new StringBuilder(LENGTH + 16);
    private int position;

    private SqlExcerpt(String sql) {
        this.sql = sql;
    }

    public static String of(String sql) {
        return new SqlExcerpt(sql).render();
    }

    private String render() {
        while (position < sql.length() && out.length() <= LENGTH) {
            char c = sql.charAt(position);
            if (c == '\'') {
                string(false);
            } else if (c == '"') {
                copy(quotedEnd('"', false));
            } else if (c == '$') {
                dollar();
            } else if (isDigit(c)) {
                number();
            } else if (ParameterScan.isIdentifierPart(c)) {
                word();
            } else if (sql.startsWith("--", position)) {
                space(SqlText.lineEnd(sql, position));
            } else if (sql.startsWith("/*", position)) {
                space(SqlText.commentEnd(sql, position));
            } else if (Character.isWhitespace(c)) {
                space(position + 1);
            } else {
                copy(position + 1);
            }
        }
        boolean complete = position == sql.length() && out.length() <= LENGTH;
        return complete ? out.toString().strip() : shortened();
    }

    private String shortened() {
        int end = Math.min(out.length(), LENGTH);
        if (end > 0 && Character.isHighSurrogate(out.charAt(end - 1))) {
            end--;
        }
        return out.substring(0, end).strip() + " ...";
    }

    private void copy(int end) {
        out.append(sql, position, end);
        position = end;
    }

    private void space(int end) {
        if (!out.isEmpty() && out.charAt(out.length() - 1) != ' ') {
            out.append(' ');
        }
        position = end;
    }

    private void constant(int end) {
        out.append('?');
        position = end;
    }

    /** A word; an E of its own in front of a quote belongs to the string. */
    private void word() {
        int end = position;
        while (end < sql.length() && ParameterScan.isIdentifierPart(sql.charAt(end))) {
            end++;
        }
        boolean escapes = end - position == 1 && "eE".indexOf(sql.charAt(position)) >= 0;
        if (escapes && end < sql.length() && sql.charAt(end) == '\'') {
            position = end;
            string(true);
        } else {
            copy(end);
        }
    }

    private void string(boolean escapes) {
        int end = quotedEnd('\'', escapes);
        if (!escapes && sql.substring(position, end).contains("\\'")) {
            out.append('?').append(" ".repeat(LENGTH));
            return;
        }
        constant(end);
    }

    /** Returns the index behind what is quoted from the position on. */
    private int quotedEnd(char quote, boolean escapes) {
        int end = position + 1;
        while (end < sql.length()) {
            char c = sql.charAt(end);
            if (c == quote && (end + 1 == sql.length() || sql.charAt(end + 1) != quote)) {
                return end + 1;
            }
            end += c == quote || (escapes && c == '\\') ? 2 : 1;
        }
        return sql.length();
    }

    /** A parameter is shown, and a dollar-quoted string is not. */
    private void dollar() {
        int end = position + 1;
        while (end < sql.length() && isDigit(sql.charAt(end))) {
            end++;
        }
        if (end > position + 1) {
            copy(end);
            return;
        }
        while (end < sql.length() && sql.charAt(end) != '$' && ParameterScan.isIdentifierPart(sql.charAt(end))) {
            end++;
        }
        if (end == sql.length() || sql.charAt(end) != '$') {
            copy(position + 1);
            return;
        }
        String delimiter = sql.substring(position, end + 1);
        int close = sql.indexOf(delimiter, end + 1);
        constant(close < 0 ? sql.length() : close + delimiter.length());
    }

    private void number() {
        int end = position;
        while (end < sql.length() && isNumberPart(end)) {
            end++;
        }
        constant(end);
    }

    private boolean isNumberPart(int index) {
        char c = sql.charAt(index);
        boolean exponentSign = (c == '+' || c == '-') && "eE".indexOf(sql.charAt(index - 1)) >= 0;
        return c == '.' || exponentSign || ParameterScan.isIdentifierPart(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
