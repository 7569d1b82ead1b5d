package io.fluxgres.r2dbc;

import io.fluxgres.PgConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Parameters of the server that each new session sets before it is handed out, in one statement. */
final class SessionSettings {

    private final Map<String, String> values = new LinkedHashMap<>();

    void put(String parameter, String value) {
        values.put(parameter, value);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** Sets them within a time; a connection on which that fails is closed. */
    Mono<PgConnection> apply(PgConnection connection, Duration timeout) {
        StringBuilder sql = new StringBuilder("select ");
        List<Object> parameters = new ArrayList<>();
        values.forEach((name, value) -> {
            sql.append(parameters.isEmpty() ? "" : ", ");
            sql.append("set_config($").append(parameters.size() + 1).append("::text, $");
            sql.append(parameters.size() + 2).append("::text, false)");
            parameters.add(name);
            parameters.add(value);
        });
        return connection
                .query(sql.toString())
                .bind(parameters.toArray())
                .timeout(timeout)
                .rowsUpdated()
                .thenReturn(connection)
                .onErrorResume(failure -> connection.close().then(Mono.error(failure)))
                .doOnCancel(() -> connection.close().subscribe());
    }
}
