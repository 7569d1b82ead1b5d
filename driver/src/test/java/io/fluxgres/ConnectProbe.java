package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Subscribes to a connect that is to fail, and judges how it does. */
final class ConnectProbe implements CoreSubscriber<PgConnection> {

    private final List<Object> signals = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private ConnectProbe() {}

    /**
     * Returns the one error of a connect to a server that is left with no connection open. Neither it nor its causes tell
     * user or password.
     *
     * @param within how long the error may take
     */
    static PgException failureOf(FakeServer server, PgOptions options, Duration within) throws Exception {
        ConnectProbe probe = new ConnectProbe();
        PgException failure = probe.failure(options, within);
        server.awaitClosedByClient();
        assertThat(probe.signals).as("signals").containsExactly(failure);
        return failure;
    }

    /** Returns the error of a connect with which no server has to do. */
    static PgException failureOf(PgOptions options, Duration within) throws Exception {
        return new ConnectProbe().failure(options, within);
    }

    private PgException failure(PgOptions options, Duration within) throws Exception {
        PgClient.create(options).connect().subscribe(this);
        try {
            ended.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no error within " + within, e);
        }
        assertThat(signals).as("signals").hasSize(1).first().isInstanceOf(PgException.class);
        PgException failure = (PgException) signals.get(0);
        assertThat(failure.getMessage()).isNotBlank();
        assertThat(Secrets.everythingThatAFailureTells(failure))
                .doesNotContain(FakeServer.PASSWORD)
                .doesNotContain(FakeServer.USER);
        return failure;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(PgConnection connection) {
        signals.add(connection);
        connection.close().subscribe();
    }

    @Override
    public void onError(Throwable failure) {
        signals.add(failure);
        ended.complete(null);
    }

    @Override
    public void onComplete() {
        signals.add("complete");
        ended.complete(null);
    }
}
