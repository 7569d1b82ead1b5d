package io.fluxgres.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails each test in which a value or an error reached nobody: a second terminal signal, an error behind a cancel, or a
 * connection that is lost. Reactor hands them to {@code onNextDropped} and {@code onErrorDropped}, and users find them in
 * their logs.
 *
 * <p>The modules under test register it twice, in files of {@code META-INF/services}: as a listener, which hooks into
 * Reactor before the first test, and as an extension of all tests. What is dropped behind the end of a test fails the next
 * one, or the run if there is none; the message names the test that began last. A test that provokes a drop takes it by
 * {@link #take}, or by the hook in its subscriber's Context.
 *
 * <p>Reactor is found by name, for the testkit does not depend on it. Threadsafe; the state is the JVM's, as the hooks are.
 */
public final class NothingDropped implements LauncherSessionListener, BeforeEachCallback, AfterEachCallback {

    private static final Queue<Dropped> DROPPED = new ConcurrentLinkedQueue<>();

    private static volatile String latestTest = "no test";

    /**
     * A signal that reached nobody.
     *
     * @param signal the value or the error
     * @param test the test that began last
     */
    public record Dropped(Object signal, String thread, String test) {

        private @Nullable Throwable error() {
            return signal instanceof Throwable error ? error : null;
        }

        @Override
        public String toString() {
            return signal + " on " + thread + " during or behind " + test;
        }
    }

    /** Returns what was dropped since the test began, and forgets it. */
    public static List<Dropped> take() {
        List<Dropped> taken = new ArrayList<>();
        for (Dropped next = DROPPED.poll(); next != null; next = DROPPED.poll()) {
            taken.add(next);
        }
        return taken;
    }

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        hook("onErrorDropped");
        hook("onNextDropped");
    }

    private static void hook(String name) {
        Consumer<Object> keep =
                signal -> DROPPED.add(new Dropped(signal, Thread.currentThread().getName(), latestTest));
        try {
            Class.forName("reactor.core.publisher.Hooks")
                    .getMethod(name, Consumer.class)
                    .invoke(null, keep);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The tests of this module have no Reactor to hook into", e);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        latestTest = context.getRequiredTestClass().getName() + ": " + context.getDisplayName();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        failIfDropped();
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        failIfDropped();
    }

    private static void failIfDropped() {
        List<Dropped> dropped = take();
        if (!dropped.isEmpty()) {
            AssertionError failure = new AssertionError("Signals reached nobody: " + dropped);
            for (Dropped each : dropped) {
                Throwable error = each.error();
                if (error != null) {
                    failure.addSuppressed(error);
                }
            }
            throw failure;
        }
    }
}
