package io.fluxgres.internal.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What StartupMessage asks for.
 *
 * @param protocolVersion the newest version to speak
 * @param parameters the parameters in the order in which they are sent: {@code user}, run-time parameters, and protocol
 *     options, whose names begin with {@code _pq_.}
 */
public record StartupParameters(int protocolVersion, Map<String, String> parameters) {

    private static final String USER = "user";
    private static final String OPTION_PREFIX = "_pq_.";

    /**
     * Copies the parameters.
     *
     * @throws InvalidRequest if the version is none of 3.0 and later, if it is 3.1, or if no user is named
     */
    public StartupParameters {
        if (protocolVersion < ProtocolVersion.V3_0
                || protocolVersion >>> 16 != 3
                || protocolVersion == ProtocolVersion.V3_1) {
            throw new InvalidRequest(
                    "protocol version " + ProtocolVersion.name(protocolVersion) + " cannot be asked for");
        }
        if (parameters.getOrDefault(USER, "").isEmpty()) {
            throw new InvalidRequest("the startup parameters name no user");
        }
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** Returns the user who logs in. */
    String user() {
        return parameters.getOrDefault(USER, "");
    }

    /** Whether a name is that of a protocol option which was asked for. */
    boolean asksForOption(String name) {
        return name.startsWith(OPTION_PREFIX) && parameters.containsKey(name);
    }

    /** Names the parameters, not their values. */
    @Override
    public String toString() {
        return "StartupParameters[" + ProtocolVersion.name(protocolVersion) + ", " + parameters.keySet() + "]";
    }
}
