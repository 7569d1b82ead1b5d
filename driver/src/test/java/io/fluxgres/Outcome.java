package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;

import java.util.List;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;

/** What an execution gives, to be compared with what another gives: its rows as texts, or a SQLSTATE. */
record Outcome(List<List<String>> rows, String sqlState) {

    private static final String SUCCESS = "00000";

    /** Executes a query. */
    static Outcome of(PgQuery query) {
        return later(query).blockOptional(TIMEOUT).orElseThrow();
    }

    /** Returns an execution that completes with its outcome even if it fails. */
    static Mono<Outcome> later(PgQuery query) {
        return query.map(Outcome::texts)
                .collectList()
                .map(rows -> new Outcome(rows, SUCCESS))
                .onErrorResume(PgServerException.class, error -> Mono.just(failure(error.sqlState())));
    }

    static Outcome failure(String sqlState) {
        return new Outcome(List.of(), sqlState);
    }

    /** Returns {@code name=text} for each column. */
    private static List<String> texts(PgRow row) {
        return IntStream.range(0, row.columns().size())
                .mapToObj(i -> row.columns().get(i).name() + "=" + row.getString(i))
                .toList();
    }

    boolean isFailure() {
        return !sqlState.equals(SUCCESS);
    }

    @Override
    public String toString() {
        return isFailure() ? sqlState : rows.toString();
    }
}
