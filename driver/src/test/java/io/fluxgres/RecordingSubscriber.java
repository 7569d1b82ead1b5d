package io.fluxgres;

import static io.fluxgres.Connections.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Records all signals, requests what the test says and nothing else, and runs the test's own code from within a signal.
 * What it hands out may be read by any thread.
 */
final class RecordingSubscriber<T> implements CoreSubscriber<T>, Subscription {

    private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();
    private final List<T> values = Collections.synchronizedList(new ArrayList<>());
    private final List<String> terminals = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Throwable> error = new AtomicReference<>();

    private Consumer<RecordingSubscriber<T>> onSubscribe;
    private Consumer<RecordingSubscriber<T>> onNext = self -> {};
    private Consumer<RecordingSubscriber<T>> onTerminal = self -> {};

    private RecordingSubscriber(Consumer<RecordingSubscriber<T>> onSubscribe) {
        this.onSubscribe = onSubscribe;
    }

    /** Returns a subscriber that requests a number of values in onSubscribe; 0 for none. */
    static <T> RecordingSubscriber<T> requesting(long n) {
        return new RecordingSubscriber<>(self -> {
            if (n != 0) {
                self.request(n);
            }
        });
    }

    RecordingSubscriber<T> inOnSubscribe(Consumer<RecordingSubscriber<T>> action) {
        onSubscribe = action;
        return this;
    }

    RecordingSubscriber<T> inOnNext(Consumer<RecordingSubscriber<T>> action) {
        onNext = action;
        return this;
    }

    /** Runs an action from within onComplete and onError. */
    RecordingSubscriber<T> inTerminal(Consumer<RecordingSubscriber<T>> action) {
        onTerminal = action;
        return this;
    }

    RecordingSubscriber<T> subscribedTo(Publisher<T> publisher) {
        publisher.subscribe(this);
        return this;
    }

    // ---- for the publisher

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream.set(subscription);
        onSubscribe.accept(this);
    }

    @Override
    public void onNext(T value) {
        assertThat(terminals).as("no value behind a terminal signal").isEmpty();
        values.add(value);
        onNext.accept(this);
    }

    @Override
    public void onError(Throwable thrown) {
        error.set(thrown);
        terminals.add("error");
        onTerminal.accept(this);
    }

    @Override
    public void onComplete() {
        terminals.add("complete");
        onTerminal.accept(this);
    }

    // ---- for the test

    private Subscription upstream() {
        Subscription subscription = upstream.get();
        if (subscription == null) {
            throw new AssertionError("there was no onSubscribe");
        }
        return subscription;
    }

    @Override
    public void request(long n) {
        upstream().request(n);
    }

    @Override
    public void cancel() {
        upstream().cancel();
    }

    List<T> values() {
        synchronized (values) {
            return new ArrayList<>(values);
        }
    }

    int count() {
        return values.size();
    }

    boolean isTerminated() {
        return !terminals.isEmpty();
    }

    /** Waits for so many values; there must not be more. */
    RecordingSubscriber<T> awaitCount(int expected) {
        await(expected + " values", () -> values.size() >= expected || isTerminated());
        assertThat(values.size()).isEqualTo(expected);
        return this;
    }

    RecordingSubscriber<T> awaitComplete() {
        await("completion", this::isTerminated);
        assertThat(error.get()).isNull();
        assertThat(terminals).containsExactly("complete");
        return this;
    }

    <X extends Throwable> X awaitError(Class<X> expected) {
        await("an error", this::isTerminated);
        assertThat(terminals).containsExactly("error");
        assertThat(error.get()).isInstanceOf(expected);
        return expected.cast(error.get());
    }

    void assertNotTerminated() {
        assertThat(terminals).isEmpty();
    }
}
