package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** User code that calls back into the connection from within its signals, or fails there. */
@Timeout(120)
class ReentrancyIT extends ConnectionFixture {

    /** The places where user code runs. */
    enum Place {
        MAPPING_FUNCTION,
        ON_SUBSCRIBE,
        ON_NEXT,
        ON_COMPLETE,
        ON_ERROR
    }

    /** Subscribes to five rows, or to two and an error, with an action at the first signal of a place. */
    private RecordingSubscriber<Integer> subscribeWith(Place place, Runnable action) {
        return subscribeWith(place, self -> action.run());
    }

    private RecordingSubscriber<Integer> subscribeWith(Place place, Consumer<RecordingSubscriber<Integer>> action) {
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.requesting(Long.MAX_VALUE);
        AtomicInteger calls = new AtomicInteger();
        Runnable once = () -> {
            if (calls.getAndIncrement() == 0) {
                action.accept(subscriber);
            }
        };
        switch (place) {
            case ON_SUBSCRIBE ->
                subscriber.inOnSubscribe(self -> {
                    once.run();
                    self.request(Long.MAX_VALUE);
                });
            case ON_NEXT -> subscriber.inOnNext(self -> once.run());
            case ON_COMPLETE, ON_ERROR -> subscriber.inTerminal(self -> once.run());
            case MAPPING_FUNCTION -> {}
        }
        String sql = place == Place.ON_ERROR
                ? "select 6 / (3 - n) from generate_series(1, 5) n"
                : "select n from generate_series(1, 5) n";
        connection
                .query(sql)
                .map(row -> {
                    if (place == Place.MAPPING_FUNCTION) {
                        once.run();
                    }
                    return row.getInt(0);
                })
                .subscribe(subscriber);
        return subscriber;
    }

    // ---- calls from within signals

    @ParameterizedTest
    @EnumSource(Place.class)
    void aQueryMayBeStartedFromAnywhere(Place place) {
        RecordingSubscriber<Integer> inner = RecordingSubscriber.requesting(Long.MAX_VALUE);
        RecordingSubscriber<Integer> outer = subscribeWith(
                place,
                () -> connection
                        .query("select n from generate_series(7, 9) n")
                        .map(row -> row.getInt(0))
                        .subscribe(inner));

        if (place == Place.ON_ERROR) {
            outer.awaitError(PgServerException.class);
            assertThat(outer.values()).containsExactly(3, 6);
        } else {
            assertThat(outer.awaitComplete().values()).containsExactly(1, 2, 3, 4, 5);
        }
        assertThat(inner.awaitComplete().values()).containsExactly(7, 8, 9);
        assertAnswers(connection);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void theConnectionMayBeClosedFromAnywhere(Place place) {
        RecordingSubscriber<Integer> behind = RecordingSubscriber.requesting(1);
        RecordingSubscriber<Integer> outer = subscribeWith(place, () -> {
            connection.query("select 1").map(row -> row.getInt(0)).subscribe(behind);
            connection.close().subscribe();
        });

        if (place == Place.ON_SUBSCRIBE) {
            // another thread than the loop's, so that the query may have had its answer before the close
            await("the end of the query behind", behind::isTerminated);
        } else {
            assertThat(behind.awaitError(PgConnectionException.class).safeToRetry())
                    .as("the query was queued in the same turn as the close")
                    .isTrue();
        }
        await("the end of the connection", () -> !connection.isHealthy());
        switch (place) {
            case ON_COMPLETE -> assertThat(outer.awaitComplete().values()).containsExactly(1, 2, 3, 4, 5);
            case ON_ERROR -> outer.awaitError(PgServerException.class);
            case ON_SUBSCRIBE ->
                assertThat(outer.awaitError(PgConnectionException.class).safeToRetry())
                        .isTrue();
            default -> {
                PgConnectionException error = outer.awaitError(PgConnectionException.class);
                assertThat(error.safeToRetry()).isFalse();
                assertThat(error).hasMessageContaining("closed by the caller").hasMessageContaining("unknown");
                assertThat(outer.values()).containsExactly(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void theSubscriptionMayBeCancelledFromAnywhere(Place place) {
        RecordingSubscriber<Integer> outer = subscribeWith(place, RecordingSubscriber::cancel);

        if (place == Place.ON_COMPLETE) {
            outer.awaitComplete();
        } else if (place == Place.ON_ERROR) {
            outer.awaitError(PgServerException.class);
        }
        assertAnswers(connection);
        switch (place) {
            case MAPPING_FUNCTION, ON_SUBSCRIBE -> assertThat(outer.values()).isEmpty();
            case ON_NEXT -> assertThat(outer.values()).containsExactly(1);
            default -> assertThat(outer.isTerminated()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void aRequestThatIsNotPositiveIsAnErrorFromAnywhere(Place place) {
        for (long n : new long[] {0, -1, Long.MIN_VALUE}) {
            RecordingSubscriber<Integer> outer = subscribeWith(place, self -> self.request(n));

            switch (place) {
                case ON_COMPLETE -> outer.awaitComplete();
                case ON_ERROR -> outer.awaitError(PgServerException.class);
                default -> {
                    assertThat(outer.awaitError(IllegalArgumentException.class)).hasMessageContaining("3.9");
                    assertThat(outer.count()).isEqualTo(place == Place.ON_NEXT ? 1 : 0);
                }
            }
            assertAnswers(connection);
        }
    }

    @Test
    void rowsMayBeRequestedOneByOneFromWithinOnNext() {
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(1)
                .inOnNext(self -> self.request(1))
                .subscribedTo(connection
                        .query("select n from generate_series(1, 20000) n")
                        .map(row -> row.getInt(0)));

        assertThat(subscriber.awaitComplete().values())
                .isEqualTo(IntStream.rangeClosed(1, 20_000).boxed().toList());
    }

    @Test
    void aQueryForEachRowRunsBehindTheRows() {
        List<String> answers = list(connection
                .query("select n from generate_series(1, 300) n")
                .map(row -> row.getInt(0))
                .flatMapSequential(
                        n -> connection.query("select $1::int * 2").bind(n).map(row -> n + ":" + row.getInt(0)), 300));

        assertThat(answers)
                .isEqualTo(IntStream.rangeClosed(1, 300)
                        .mapToObj(n -> n + ":" + 2 * n)
                        .toList());
    }

    @Test
    void closingWithinOnNextEndsTheCloseToo() {
        AtomicReference<Mono<Void>> closed = new AtomicReference<>();
        subscribeWith(Place.ON_NEXT, () -> {
            Mono<Void> close = connection.close().cache();
            close.subscribe();
            closed.set(close);
        });

        await("the row", () -> closed.get() != null);
        StepVerifier.create(closed.get()).expectComplete().verify(TIMEOUT);
    }

    // ---- mapping functions that fail

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5})
    void aMappingFunctionThatThrowsFailsItsQueryAlone(int failing) {
        List<Integer> mapped = new CopyOnWriteArrayList<>();
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(Long.MAX_VALUE)
                .subscribedTo(connection
                        .query("select n from generate_series(1, 5) n")
                        .map(row -> {
                            mapped.add(row.getInt(0));
                            if (row.getInt(0) == failing) {
                                throw new IllegalStateException("on purpose");
                            }
                            return row.getInt(0);
                        }));

        assertThat(subscriber.awaitError(IllegalStateException.class)).hasMessage("on purpose");
        assertThat(subscriber.count()).isEqualTo(failing - 1);
        assertThat(mapped).as("nothing is mapped behind the failure").hasSize(failing);
        assertAnswers(connection);
    }

    @Test
    void aMappingFunctionThatReturnsNullFailsItsQueryAlone() {
        Function<PgRow, Integer> nothing = row -> null;

        NullPointerException error =
                failure(NullPointerException.class, connection.query("select 1").map(nothing));

        assertThat(error).hasMessageContaining("mapping function");
        assertAnswers(connection);
    }

    @Test
    void aMappingFunctionThatThrowsAnErrorOfTheJvmClosesTheConnection() {
        RecordingSubscriber<Integer> behind = RecordingSubscriber.requesting(1);
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(1)
                .subscribedTo(connection.query("select 1").map(row -> {
                    connection.query("select 1").map(r -> r.getInt(0)).subscribe(behind);
                    throw new StackOverflowError("on purpose");
                }));

        PgConnectionException error = subscriber.awaitError(PgConnectionException.class);
        assertThat(error.getCause()).hasRootCauseInstanceOf(StackOverflowError.class);
        assertThat(behind.awaitError(PgConnectionException.class).safeToRetry()).isTrue();
        await("the end of the connection", () -> !connection.isHealthy());
    }

    @Test
    void aMappingFunctionThatThrowsAfterACancelDisturbsNobody() {
        AtomicReference<Subscription> subscription = new AtomicReference<>();
        AtomicInteger signals = new AtomicInteger();
        connection
                .query("select n from generate_series(1, 5) n")
                .map(row -> {
                    subscription.get().cancel();
                    throw new IllegalStateException("on purpose");
                })
                .subscribe(new BaseSubscriber<Object>() {
                    @Override
                    protected void hookOnSubscribe(Subscription given) {
                        subscription.set(given);
                        given.request(Long.MAX_VALUE);
                    }

                    @Override
                    protected void hookOnError(Throwable throwable) {
                        signals.incrementAndGet();
                    }
                });

        assertAnswers(connection);
        assertThat(subscription.get()).isNotNull();
        assertThat(signals).hasValue(0);
    }

    // ---- subscribers that throw

    @ParameterizedTest
    @EnumSource(
            value = Place.class,
            names = {"ON_NEXT", "ON_COMPLETE", "ON_ERROR"})
    void aSubscriberThatThrowsLeavesTheConnectionAnsweringOrClosedForAll(Place place) {
        RecordingSubscriber<Integer> behind = RecordingSubscriber.requesting(1);
        subscribeWith(place, () -> {
            connection.query("select 1").map(row -> row.getInt(0)).subscribe(behind);
            throw new IllegalStateException("on purpose");
        });

        await("the end of the query behind", behind::isTerminated);
        if (connection.isHealthy()) {
            assertAnswers(connection);
        } else {
            assertThat(behind.awaitError(PgConnectionException.class).safeToRetry())
                    .isTrue();
        }
    }

    @Test
    void aSubscriberThatThrowsInOnErrorDoesNotHideTheEndFromTheOthers() {
        List<RecordingSubscriber<Integer>> subscribers = new ArrayList<>();
        for (int n = 0; n < 5; n++) {
            subscribers.add(RecordingSubscriber.<Integer>requesting(1)
                    .inTerminal(self -> {
                        throw new IllegalStateException("on purpose");
                    })
                    .subscribedTo(connection.query("select pg_sleep(15), 1").map(row -> row.getInt(1))));
        }
        RecordingSubscriber<PgNotice> notices =
                RecordingSubscriber.<PgNotice>requesting(1).subscribedTo(connection.notices());

        Connections.close(connection);

        subscribers.forEach(subscriber -> subscriber.awaitError(PgConnectionException.class));
        notices.awaitComplete();
    }
}
