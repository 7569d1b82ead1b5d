package io.fluxgres.internal.session;

import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.ProtocolViolation;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that the server reports by ParameterStatus, and what the driver relies on in them. Written on the event
 * loop, read by any thread.
 */
public final class ServerParameters {

    /** By them values are read and written. */
    private static final List<String> DECISIVE = List.of("TimeZone", "DateStyle", "client_encoding");

    /** Bounds what a server can make us remember; PostgreSQL reports fifteen. */
    private static final int MAX_PARAMETERS = 1000;

    private final Map<String, String> reported = new ConcurrentHashMap<>();
    private final Map<String, String> values = Collections.unmodifiableMap(reported);
    /** The values of those parameters that the session began with. */
    private volatile Map<String, String> atStartup = Map.of();

    /** Returns the latest values by their names, a view. */
    public Map<String, String> values() {
        return values;
    }

    /** Takes a report and returns whether the parameter had another value before. */
    boolean report(String name, String value) {
        if (reported.size() == MAX_PARAMETERS && !reported.containsKey(name)) {
            throw new ProtocolViolation("the server reports more than " + MAX_PARAMETERS + " parameters");
        }
        String before = reported.put(name, value);
        return before != null && !before.equals(value);
    }

    /** The session begins. */
    void onStarted() {
        Map<String, String> initial = new HashMap<>(reported);
        initial.keySet().retainAll(DECISIVE);
        atStartup = Map.copyOf(initial);
    }

    /** Whether values mean something else by this parameter. */
    static boolean isDecisive(String name) {
        return DECISIVE.contains(name);
    }

    /** Returns the name of such a parameter that has another value than at startup, null if none has. */
    @Nullable String movedSinceStartup() {
        for (Map.Entry<String, String> initial : atStartup.entrySet()) {
            if (!initial.getValue().equals(reported.get(initial.getKey()))) {
                return initial.getKey();
            }
        }
        return null;
    }

    /** Whether the driver understands a server with this value of a parameter: it decodes UTF8 only. */
    static boolean isServed(String name, String value) {
        return !name.equals("client_encoding") || value.equalsIgnoreCase("UTF8");
    }

    /** Whether a backslash is an ordinary character in a string constant. */
    public boolean hasStandardStrings() {
        String standard = reported.get("standard_conforming_strings");
        return standard == null || standard.equals("on");
    }

    /** Refuses to render values as literals where a backslash in them would be an escape. */
    public void requireStandardStrings() {
        if (!hasStandardStrings()) {
            throw new PgUsageException(
                    "values cannot be sent by the simple query protocol while standard_conforming_strings is off");
        }
    }
}
