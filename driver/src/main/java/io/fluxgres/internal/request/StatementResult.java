package io.fluxgres.internal.request;

import io.fluxgres.PgColumn;
import io.fluxgres.PgNotice;
import io.fluxgres.PgResult;
import io.fluxgres.PgRow;
import io.fluxgres.internal.protocol.CommandTag;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.row.RowView;
import io.fluxgres.internal.session.KeptNotices;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The result of one statement: what {@link ResultSequence} has received of it, and whoever consumes it.
 *
 * <p>Confined to the event loop, but for what users call.
 */
final class StatementResult implements PgResult {

    /** The result behind this one in the same request. */
    @Nullable StatementResult next;

    private final ResultSequence request;
    private final @Nullable RowView view;
    private volatile @Nullable KeptNotices notices;

    private @Nullable ResultConsumer<?> consumer;
    /** It has a consumer, or had one: that is forgotten when it gets nothing any more. */
    private boolean subscribed;
    /** It was given to the subscriber of the request. */
    private boolean emitted;
    /** Its rows are not wanted any more. */
    private boolean unwanted;

    private @Nullable CommandTag tag;
    private @Nullable Throwable failure;
    /** All there is to be known of it is known; read by any thread, and written behind what it makes visible. */
    private volatile boolean ended;

    /**
     * Creates a result.
     *
     * @param view shows its rows, null if it returns none
     */
    StatementResult(ResultSequence request, @Nullable RowView view, @Nullable KeptNotices notices) {
        this.request = request;
        this.view = view;
        this.notices = notices;
    }

    // ---- for the user

    @Override
    public List<PgColumn> columns() {
        return view == null ? List.of() : view.columns();
    }

    @Override
    public <T> Flux<T> map(Function<? super PgRow, ? extends T> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super T> subscriber) {
                start(new ResultConsumer.Rows<>(StatementResult.this, mapper, subscriber));
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
                start(new ResultConsumer.Count(StatementResult.this, subscriber));
            }
        };
    }

    private void start(ResultConsumer<?> subscription) {
        subscription.subscriber.onSubscribe(subscription);
        if (!execute(() -> attach(subscription))) {
            subscription.end(new IllegalStateException("the event loop of the connection was shut down"));
        }
    }

    private void attach(ResultConsumer<?> subscription) {
        if (subscribed) {
            subscription.end(new IllegalStateException("the result was consumed before; it can be only once"));
            return;
        }
        subscribed = true;
        if (ended) {
            subscription.end(failure);
            return;
        }
        consumer = subscription;
        if (subscription.isEnded()) {
            onCancel(subscription);
        } else if (subscription.hasFailed()) {
            onFailure(subscription);
        } else {
            request.onDemand(this);
        }
    }

    @Override
    public @Nullable String command() {
        return ended && tag != null ? tag.command() : null;
    }

    @Override
    public long updateCount() {
        return ended && tag != null && UpdateCountRequest.isChange(tag, view != null)
                ? UpdateCountRequest.changedRows(tag, view != null)
                : -1;
    }

    @Override
    public List<PgNotice> notices() {
        KeptNotices kept = notices;
        return kept == null ? List.of() : kept.list();
    }

    @Override
    public long noticeCount() {
        KeptNotices kept = notices;
        return kept == null ? 0 : kept.received();
    }

    // ---- for its consumer

    boolean execute(Runnable action) {
        return request.execute(action);
    }

    void onDemand() {
        request.onDemand(this);
    }

    /** A consumer has cancelled. */
    void onCancel(ResultConsumer<?> cancelled) {
        if (consumer == cancelled && !ended) {
            consumer = null;
            unwanted = true;
            ended = true;
            request.onUnwanted(this);
        }
    }

    /** A consumer has failed, and gets its error behind the end. */
    void onFailure(ResultConsumer<?> failed) {
        if (consumer == failed && !ended) {
            unwanted = true;
            request.onUnwanted(this);
        }
    }

    // ---- for its request

    @Nullable RowView view() {
        return view;
    }

    void onEmitted() {
        emitted = true;
    }

    boolean isEmitted() {
        return emitted;
    }

    boolean isSubscribed() {
        return subscribed;
    }

    boolean isRequested() {
        ResultConsumer<?> subscribed = consumer;
        return subscribed != null && !unwanted && subscribed.isRequested();
    }

    boolean isUnwanted() {
        return unwanted;
    }

    boolean isEnded() {
        return ended;
    }

    boolean mayEndEarly() {
        return tag != null && consumer != null && consumer.mayEndEarly();
    }

    void row(RowView shown, DataRow row) {
        if (consumer != null && !unwanted) {
            consumer.row(shown, row);
        }
    }

    void onNotice(ErrorFields notice) {
        KeptNotices kept = notices;
        if (kept == null) {
            kept = new KeptNotices();
            notices = kept;
        }
        kept.add(notice);
    }

    /** Adds the notices that came behind it, if nothing else comes that they may belong to. */
    void add(KeptNotices further) {
        KeptNotices kept = notices;
        if (kept == null) {
            notices = further;
        } else {
            kept.addAll(further);
        }
    }

    void onCommandComplete(CommandTag received) {
        tag = received;
    }

    /** Ends it successfully. */
    void complete() {
        if (!ended) {
            ended = true;
            end(null);
        }
    }

    /** Ends it with an error and returns whether a subscriber was told. */
    boolean fail(Throwable reason) {
        if (ended) {
            return false;
        }
        tag = null;
        failure = reason;
        unwanted = true;
        ended = true;
        return end(reason);
    }

    private boolean end(@Nullable Throwable reason) {
        ResultConsumer<?> told = consumer;
        consumer = null;
        if (told == null) {
            return false;
        }
        told.end(reason);
        return true;
    }
}
