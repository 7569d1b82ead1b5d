package io.fluxgres.internal.query;

import io.fluxgres.PgBatch;
import io.fluxgres.PgBatchOutcome;
import io.fluxgres.PgResult;
import io.fluxgres.PgRow;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.internal.session.Deadline;
import io.fluxgres.internal.session.Session;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A batch of a client that has a session to itself, another one for each subscription. */
final class LentBatch implements PgBatch {

    private final CallRouter router;
    private final Function<Session, PgBatch> batch;

    LentBatch(CallRouter router, Function<Session, PgBatch> batch) {
        this.router = router;
        this.batch = batch;
    }

    @Override
    public PgBatch syncEach() {
        return new LentBatch(router, session -> batch.apply(session).syncEach());
    }

    @Override
    public PgBatch timeout(Duration timeout) {
        Deadline.requirePositive(timeout);
        return new LentBatch(router, session -> batch.apply(session).timeout(timeout));
    }

    @Override
    public PgBatch beginning(PgTransactionOptions options) {
        Objects.requireNonNull(options, "options");
        throw ClientScope.noTransaction();
    }

    @Override
    public Mono<Long> rowsUpdated() {
        return router.lend(lent -> batch.apply(lent.session()).rowsUpdated()).next();
    }

    @Override
    public Flux<Long> counts() {
        return router.lend(lent -> batch.apply(lent.session()).counts());
    }

    @Override
    public Flux<PgBatchOutcome> outcomes() {
        return router.lend(lent -> batch.apply(lent.session()).outcomes());
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return router.lend(lent -> batch.apply(lent.session()).<T>map(mapper));
    }

    @Override
    public Flux<PgResult> execute() {
        return router.lend(lent -> batch.apply(lent.session()).execute());
    }
}
