package io.fluxgres.testkit.transcript;

import io.fluxgres.testkit.BackendMessages;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a PostgreSQL 18 sends between AuthenticationOk and the first statement. */
final class SessionStart {

    static final int PROCESS_ID = 4711;
    private static final byte[] SECRET_KEY = {1, 2, 3, 4};
    private static final List<String> SETTABLE =
            List.of("application_name", "client_encoding", "DateStyle", "IntervalStyle", "TimeZone", "search_path");

    private SessionStart() {}

    /**
     * @param startup the StartupMessage, whose run-time parameters are reported back
     */
    static byte[] messages(Message startup) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("application_name", "");
        parameters.put("client_encoding", "UTF8");
        parameters.put("DateStyle", "ISO, MDY");
        parameters.put("default_transaction_read_only", "off");
        parameters.put("in_hot_standby", "off");
        parameters.put("integer_datetimes", "on");
        parameters.put("IntervalStyle", "postgres");
        parameters.put("is_superuser", "on");
        parameters.put("scram_iterations", "4096");
        parameters.put("search_path", "\"$user\", public");
        parameters.put("server_encoding", "UTF8");
        parameters.put("server_version", "18.6");
        parameters.put("session_authorization", "postgres");
        parameters.put("standard_conforming_strings", "on");
        parameters.put("TimeZone", "UTC");
        SETTABLE.forEach(name -> {
            String wanted = startup.parameter(name);
            if (wanted != null) {
                // The server adds the order of the fields that it goes on using for input.
                parameters.put(name, name.equals("DateStyle") && !wanted.contains(",") ? wanted + ", MDY" : wanted);
            }
        });
        BackendMessages messages = new BackendMessages();
        parameters.forEach(messages::parameterStatus);
        return messages.backendKeyData(PROCESS_ID, SECRET_KEY)
                .readyForQuery('I')
                .toBytes();
    }
}
