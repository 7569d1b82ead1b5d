package io.fluxgres.internal.session;

import io.fluxgres.PgUsageException;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * SQL with the values of its parameters in the place of {@code $1}, {@code $2} and so on, for servers that know only the
 * simple query protocol.
 *
 * <p>Every value becomes a quoted string with a cast to its declared type, in parentheses, so that no value can become
 * anything but a value: not a comment behind a minus sign (CVE-2024-1597), not a part of a dollar-quoted string
 * (GHSA-j88v-2chj-qfwx). Quotes are doubled; a backslash is an ordinary character, which holds only while
 * {@code standard_conforming_strings} is on. What looks like a parameter in a string constant, a quoted identifier, a
 * dollar-quoted string or a comment is left alone.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-syntax-lexical.html">Lexical Structure</a>
 */
final class LiteralSql {

    private final String sql;
    private final BoundStatement parameters;
    private final StringBuilder out;
    private int position;

    private LiteralSql(BoundStatement statement) {
        this.sql = statement.sql();
        this.parameters = statement;
        this.out = new StringBuilder(sql.length() + 32 * parameters.count());
    }

    /**
     * Returns the SQL with its values.
     *
     * @param statement with its values in text format
     * @throws PgUsageException if the SQL names a parameter that was not bound
     */
    static String of(BoundStatement statement) {
        return new LiteralSql(statement).render();
    }

    private String render() {
        while (position < sql.length()) {
            char c = sql.charAt(position);
            switch (c) {
                case '\'' -> copyQuoted('\'', isEscapeString());
                case '"' -> copyQuoted('"', false);
                case '$' -> dollar();
                case '-' -> comment("--");
                case '/' -> comment("/*");
                default -> copyTo(position + 1);
            }
        }
        return out.toString();
    }

    private void copyTo(int end) {
        out.append(sql, position, end);
        position = end;
    }

    /** Whether the quote at the position opens a string with backslash escapes: an E that is a word of its own before it. */
    private boolean isEscapeString() {
        if (position == 0 || (sql.charAt(position - 1) != 'e' && sql.charAt(position - 1) != 'E')) {
            return false;
        }
        return position == 1 || !isIdentifierPart(sql.charAt(position - 2));
    }

    /** Copies a string or quoted identifier, in which a doubled quote stands for one. */
    private void copyQuoted(char quote, boolean escapes) {
        int end = position + 1;
        while (end < sql.length()) {
            char c = sql.charAt(end);
            if (c == quote && (end + 1 == sql.length() || sql.charAt(end + 1) != quote)) {
                end++;
                break;
            }
            end += c == quote || (escapes && c == '\\') ? 2 : 1;
        }
        copyTo(Math.min(end, sql.length()));
        if (escapes) {
            copyContinuation();
        }
    }

    /** A string goes on, as what it is, behind white space with a line end in it. */
    private void copyContinuation() {
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
            copyTo(next);
            copyQuoted('\'', true);
        }
    }

    /** A parameter, a dollar-quoted string, or a dollar sign within an identifier. */
    private void dollar() {
        if (position > 0 && isIdentifierPart(sql.charAt(position - 1))) {
            copyTo(position + 1);
            return;
        }
        int end = position + 1;
        while (end < sql.length() && isDigit(sql.charAt(end))) {
            end++;
        }
        if (end > position + 1) {
            parameter(end);
        } else {
            dollarQuoted();
        }
    }

    private void parameter(int end) {
        String digits = sql.substring(position + 1, end);
        int number = digits.length() > 5 ? Integer.MAX_VALUE : Integer.parseInt(digits);
        if (number < 1 || number > parameters.count()) {
            throw new PgUsageException(
                    "the SQL names parameter $" + digits + ", but " + parameters.count() + " were bound");
        }
        if (end < sql.length() && isIdentifierPart(sql.charAt(end))) {
            throw new PgUsageException("trailing junk after parameter $" + digits + " in the SQL");
        }
        value(number - 1);
        position = end;
    }

    private void value(int index) {
        String type = cast(parameters.type(index));
        if (parameters.isNull(index)) {
            out.append("(null").append(type).append(')');
            return;
        }
        ByteBuf bytes = Unpooled.buffer();
        parameters.write(index, bytes);
        String text = bytes.toString(StandardCharsets.UTF_8);
        out.append("('")
                .append(text.replace("'", "''"))
                .append('\'')
                .append(type)
                .append(')');
    }

    /** Returns the cast to a type whose name is known; {@code char} without quotes would be another type. */
    private static String cast(PgType type) {
        if (type.oid() == 0 || type.kind() == PgType.Kind.UNKNOWN) {
            return "";
        }
        return type.equals(PgType.CHAR) ? "::\"char\"" : "::" + type.name();
    }

    private void dollarQuoted() {
        int tagEnd = position + 1;
        while (tagEnd < sql.length() && isIdentifierPart(sql.charAt(tagEnd)) && sql.charAt(tagEnd) != '$') {
            tagEnd++;
        }
        if (tagEnd == sql.length() || sql.charAt(tagEnd) != '$') {
            copyTo(position + 1);
            return;
        }
        String delimiter = sql.substring(position, tagEnd + 1);
        int close = sql.indexOf(delimiter, tagEnd + 1);
        copyTo(close < 0 ? sql.length() : close + delimiter.length());
    }

    private void comment(String opening) {
        if (!sql.startsWith(opening, position)) {
            copyTo(position + 1);
        } else if (opening.equals("--")) {
            copyTo(SqlText.lineEnd(sql, position));
        } else {
            copyTo(SqlText.commentEnd(sql, position));
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\f' || c == '\u000B';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isIdentifierPart(char c) {
        return c == '_' || c == '$' || isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
    }
}
