package io.fluxgres;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the server says about an error or a notice. Immutable.
 *
 * <p>Servers that only speak PostgreSQL's protocol may leave out any field.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-error-fields.html">Error and Notice Message Fields</a>
 */
public final class PgErrorFields implements Serializable {

    private final Map<Character, String> fields;

    /** Creates the fields from their codes in the manual. */
    public PgErrorFields(Map<Character, String> fields) {
        this.fields = Map.copyOf(fields);
    }

    /** Returns the severity, never localized by PostgreSQL: ERROR, FATAL, PANIC, WARNING, NOTICE, DEBUG, INFO or LOG. */
    public String severity() {
        String severity = fields.get('V');
        return severity != null ? severity : fields.getOrDefault('S', "");
    }

    /** Returns the SQLSTATE, empty if the server sent none. */
    public String sqlState() {
        return fields.getOrDefault('C', "");
    }

    /** Returns the primary message, empty if the server sent none. */
    public String message() {
        return fields.getOrDefault('M', "");
    }

    /** Returns more about the problem, which may include values of rows. */
    public @Nullable String detail() {
        return fields.get('D');
    }

    /** Returns a suggestion. */
    public @Nullable String hint() {
        return fields.get('H');
    }

    /** Returns the place in the SQL, in characters from 1 on; 0 if the server named none. */
    public int position() {
        return number('P');
    }

    /** Returns the place in {@link #internalQuery}, in characters from 1 on; 0 if the server named none. */
    public int internalPosition() {
        return number('p');
    }

    /** Returns the SQL of a function that failed. */
    public @Nullable String internalQuery() {
        return fields.get('q');
    }

    /** Returns the call stack of the server's procedural languages. */
    public @Nullable String where() {
        return fields.get('W');
    }

    public @Nullable String schema() {
        return fields.get('s');
    }

    public @Nullable String table() {
        return fields.get('t');
    }

    public @Nullable String column() {
        return fields.get('c');
    }

    public @Nullable String dataType() {
        return fields.get('d');
    }

    public @Nullable String constraint() {
        return fields.get('n');
    }

    /** Returns the file of the server's source that reported the problem. */
    public @Nullable String file() {
        return fields.get('F');
    }

    /** Returns the line of the server's source. */
    public @Nullable String line() {
        return fields.get('L');
    }

    /** Returns the routine of the server's source. */
    public @Nullable String routine() {
        return fields.get('R');
    }

    /** Returns all fields by their codes in the manual, also those that have no accessor here. */
    public Map<Character, String> asMap() {
        return fields;
    }

    /** Returns severity, SQLSTATE and message in one line, and says so where the server left them out. */
    String summary() {
        String code = sqlState().isEmpty() ? "without SQLSTATE" : sqlState();
        String text = message().isEmpty() ? "the server sent no message" : message();
        return (severity() + " " + code).strip() + ": " + text;
    }

    private int number(char code) {
        String number = fields.get(code);
        try {
            return number == null ? 0 : Integer.parseInt(number);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public String toString() {
        return summary();
    }
}
