package io.fluxgres.internal.statement;

import io.fluxgres.PgErrorFields;
import java.util.regex.Pattern;

/** What the driver knows of the place of a server's error, in words. */
final class ServerErrorContext {

    private static final String HINT = "; hint: parameters are written $1, $2";
    /** For parameters whose type the server cannot tell. */
    private static final String TYPE_HINT = "; hint: PgParameter.nullOf(Class) gives a null a type";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\?|(?<!:):[A-Za-z_]");

    private ServerErrorContext() {}

    /**
     * Returns what a message says behind the server's.
     *
     * @param asSent whether this is the text that the server has read, in which it counts positions
     */
    static String of(PgErrorFields error, String sql, boolean asSent) {
        int place = asSent && error.position() > 0 ? index(sql, error.position()) : -1;
        String at = place < 0 ? "; in the SQL: " : "; at " + lineAndColumn(sql, place) + " of the SQL: ";
        return hint(error.sqlState(), sql, place) + at + SqlExcerpt.of(sql);
    }

    private static String hint(String sqlState, String sql, int place) {
        return switch (sqlState) {
            case "42601" -> place >= 0 && isBehindPlaceholder(sql, place) ? HINT : "";
            case "42P08", "42P18" -> TYPE_HINT;
            default -> "";
        };
    }

    /** Returns how parameters are written, for SQL that seems to name some in another way; nothing for any other. */
    static String placeholderHint(String sql) {
        return PLACEHOLDER.matcher(sql).find() ? HINT : "";
    }

    /** Whether it is a placeholder of another driver that the server did not understand: it may have read on behind a question mark. */
    private static boolean isBehindPlaceholder(String sql, int place) {
        return PLACEHOLDER.matcher(sql).region(place, sql.length()).lookingAt()
                || sql.substring(0, place).stripTrailing().endsWith("?");
    }

    /** Returns the index of a character that is counted from 1, -1 if the text has no such place. */
    private static int index(String sql, int position) {
        int characters = sql.codePointCount(0, sql.length());
        return position > characters + 1 ? -1 : sql.offsetByCodePoints(0, position - 1);
    }

    private static String lineAndColumn(String sql, int index) {
        int lineStart = sql.lastIndexOf('\n', index - 1) + 1;
        long line =
                1 + sql.substring(0, lineStart).chars().filter(c -> c == '\n').count();
        return line + ":" + (1 + sql.codePointCount(lineStart, index));
    }
}
