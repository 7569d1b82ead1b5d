package io.fluxgres.internal.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an ErrorResponse or a NoticeResponse. Immutable.
 *
 * <p>Servers differ: fields come in any order, some send only severity, code and message, and the terminator of the list
 * may be missing. A field that is cut off is a violation. Of a repeated field the first counts; unknown codes are kept.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-error-fields.html">Error and Notice Message Fields</a>
 */
public final class ErrorFields {

    private final Map<Character, String> fields;

    private ErrorFields(Map<Character, String> fields) {
        this.fields = Collections.unmodifiableMap(fields);
    }

    /** Reads the body of ErrorResponse or NoticeResponse. */
    public static ErrorFields read(BackendReader in) {
        Map<Character, String> fields = new LinkedHashMap<>();
        while (in.remaining() > 0) {
            byte code = in.readByte();
            if (code == 0) {
                break;
            }
            fields.putIfAbsent((char) (code & 0xff), in.readCString());
        }
        return new ErrorFields(fields);
    }

    /** Returns the field with a code of the manual, or null if the server did not send it. */
    public @Nullable String field(char code) {
        return fields.get(code);
    }

    /** Returns all fields by their codes, in the server's order. */
    public Map<Character, String> asMap() {
        return fields;
    }

    /** Returns the severity, not localized if the server sends it so; empty if it sends none. */
    public String severity() {
        String severity = fields.get('V');
        return severity != null ? severity : fields.getOrDefault('S', "");
    }

    /** Whether the server ends the session behind this message. */
    public boolean isFatal() {
        String severity = severity();
        return severity.equals("FATAL") || severity.equals("PANIC");
    }

    /** Returns the SQLSTATE, empty if the server sent none. */
    public String sqlState() {
        return fields.getOrDefault('C', "");
    }

    /** Returns the primary message, empty if the server sent none. */
    public String message() {
        return fields.getOrDefault('M', "");
    }

    @Override
    public String toString() {
        return severity() + " " + sqlState() + ": " + message();
    }
}
