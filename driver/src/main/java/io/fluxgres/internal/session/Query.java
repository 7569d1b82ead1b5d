package io.fluxgres.internal.session;

import io.fluxgres.PgQuery;
import io.fluxgres.PgRow;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A query of a session. */
final class Query implements PgQuery {

    /** What {@code bind(null)} means: the compiler passes it as an array that is null. */
    private static final @Nullable Object[] A_NULL = {null};

    private final Session session;
    private final String sql;
    private final BoundParameters parameters;
    private final @Nullable Transaction transaction;

    /**
     * Makes a query.
     *
     * @param transaction what it is part of, null if only the order of the requests decides that
     */
    Query(Session session, String sql, BoundParameters parameters, @Nullable Transaction transaction) {
        this.session = session;
        this.sql = Objects.requireNonNull(sql, "sql");
        this.parameters = parameters;
        this.transaction = transaction;
    }

    @Override
    public PgQuery bind(@Nullable Object... values) {
        @Nullable Object[] given = values == null ? A_NULL : values;
        return new Query(session, sql, BoundParameters.of(given, session.codecs()), transaction);
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super T> subscriber) {
                session.start(new RowRequest<>(session, sql, parameters, mapper, subscriber), transaction);
            }
        };
    }

    @Override
    public Flux<PgRow> rows() {
        return map(row -> ((RowView) row).copy());
    }

    @Override
    public Mono<Long> rowsUpdated() {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Long> subscriber) {
                session.start(new UpdateCountRequest(session, sql, parameters, subscriber), transaction);
            }
        };
    }
}
