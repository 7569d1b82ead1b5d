package io.fluxgres.r2dbc;

import io.fluxgres.PgResult;
import io.r2dbc.spi.Result;
import java.util.function.Function;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The results of a statement or batch as it was when {@code execute()} was called. Nothing of its connection is looked at
 * before a subscription: each one is executed under the modes that are set then.
 */
abstract class Execution extends Flux<Result> implements Function<PgResult, Result> {

    private final String sql;
    private final boolean out;

    /**
     * Creates the results.
     *
     * @param sql what is executed, for messages
     * @param out whether the rows are OUT parameters
     */
    Execution(String sql, boolean out) {
        this.sql = sql;
        this.out = out;
    }

    /** Returns the results under the modes of this moment. */
    abstract Flux<PgResult> underModes();

    String sql() {
        return sql;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Result> subscriber) {
        Flux<PgResult> results;
        try {
            results = underModes();
        } catch (RuntimeException failure) {
            Operators.error(subscriber, R2dbcErrors.translate(failure, sql));
            return;
        }
        results.subscribe(new TranslatedFlux.Translator<>(subscriber, this, sql));
    }

    @Override
    public Result apply(PgResult result) {
        return new AdaptedResult(result, sql, out);
    }
}
