package io.fluxgres.r2dbc;

/**
 * Finds the placeholders of a statement: the highest {@code $n} outside of literals, quoted names and comments. It only
 * counts; whether the SQL is right is for the server to say.
 */
final class Placeholders {

    private final String sql;
    private int position;
    private int count;

    private Placeholders(String sql) {
        this.sql = sql;
    }

    /** Returns how many parameters the statement has. */
    static int count(String sql) {
        return sql.indexOf('$') < 0 ? 0 : new Placeholders(sql).scan();
    }

    private int scan() {
        while (position < sql.length()) {
            char c = sql.charAt(position);
            switch (c) {
                case '\'' -> quoted('\'', isEscapeString());
                case '"' -> quoted('"', false);
                case '-' -> comment('-');
                case '/' -> comment('*');
                case '$' -> dollar();
                default -> position = Character.isJavaIdentifierStart(c) ? endOfWord(position) : position + 1;
            }
        }
        return count;
    }

    private boolean isEscapeString() {
        return position > 0
                && (sql.charAt(position - 1) == 'e' || sql.charAt(position - 1) == 'E')
                && (position == 1 || !Character.isJavaIdentifierPart(sql.charAt(position - 2)));
    }

    private void quoted(char quote, boolean escapes) {
        position++;
        while (position < sql.length() && sql.charAt(position) != quote) {
            position += escapes && sql.charAt(position) == '\\' ? 2 : 1;
        }
        position++;
    }

    private void comment(char second) {
        position++;
        if (position >= sql.length() || sql.charAt(position) != second) {
            return;
        }
        if (second == '-') {
            int end = sql.indexOf('\n', position);
            position = end < 0 ? sql.length() : end;
        } else {
            position++;
            blockComment();
        }
    }

    /** Comments nest. */
    private void blockComment() {
        for (int depth = 1; depth > 0 && position < sql.length(); ) {
            if (sql.startsWith("/*", position)) {
                depth++;
                position += 2;
            } else if (sql.startsWith("*/", position)) {
                depth--;
                position += 2;
            } else {
                position++;
            }
        }
    }

    /** A placeholder, or a string in dollars. */
    private void dollar() {
        int end = position + 1;
        int number = 0;
        while (end < sql.length() && Character.digit(sql.charAt(end), 10) >= 0 && number <= 0xffff) {
            number = number * 10 + Character.digit(sql.charAt(end), 10);
            end++;
        }
        if (end > position + 1) {
            count = Math.max(count, number);
            position = end;
            return;
        }
        while (end < sql.length() && sql.charAt(end) != '$' && Character.isJavaIdentifierPart(sql.charAt(end))) {
            end++;
        }
        if (end == sql.length() || sql.charAt(end) != '$') {
            position++;
            return;
        }
        String tag = sql.substring(position, end + 1);
        int close = sql.indexOf(tag, end + 1);
        position = close < 0 ? sql.length() : close + tag.length();
    }

    /** A dollar may be part of a name. The prefix of a string in quotes ends in front of the quote. */
    private int endOfWord(int from) {
        int end = from;
        while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end))) {
            end++;
        }
        return end;
    }
}
