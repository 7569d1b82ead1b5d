package io.fluxgres.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails a test run in which a Netty resource became unreachable without having been released.
 *
 * <p>Netty reports a leak to its log alone, and not before it tracks the next resource after the garbage collector has
 * found the lost one. This listener, which the JUnit Platform finds through a {@code META-INF/services} file of the module
 * under test, installs detectors that count the reports, provokes the outstanding ones when the last test has ended, and throws: an error that leaves the
 * closing of the session ends the test JVM with a failure, and with it the build.
 *
 * <p>Netty's classes keep the detector that they were initialized with, so no buffer may be used before the session opens.
 */
public final class LeakDetectionListener implements LauncherSessionListener {
    private final RecordingFactory factory = new RecordingFactory();

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        String seed = System.getProperty("fluxgres.test.seed");
        if (seed != null) {
            System.out.printf("Tests run in random order; repeat this one with -Dfluxgres.test.seed=%s%n", seed);
        }
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(factory);
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        List<String> leaks = factory.collectLeaks();
        if (!leaks.isEmpty()) {
            throw new AssertionError("Leaked, as the LEAK lines of the log tell in full: " + String.join(", ", leaks));
        }
    }

    private static final class RecordingFactory extends ResourceLeakDetectorFactory {
        private final List<RecordingDetector<?>> detectors = new CopyOnWriteArrayList<>();
        private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
            RecordingDetector<T> detector = new RecordingDetector<>(resource, samplingInterval, leaks);
            detectors.add(detector);
            return detector;
        }

        @Override
        @Deprecated
        @SuppressWarnings("InlineMeSuggester") // the overridden method is abstract
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
        }

        List<String> collectLeaks() {
            // References cleared by one collection may reach their queues after ours: later rounds see those.
            for (int round = 0; round < 3; round++) {
                collectGarbage();
                detectors.forEach(RecordingDetector::reportLostResources);
            }
            return List.copyOf(leaks);
        }

        private static void collectGarbage() {
            ReferenceQueue<Object> cleared = new ReferenceQueue<>();
            WeakReference<Object> canary = new WeakReference<>(new Object(), cleared);
            System.gc();
            try {
                cleared.remove(2_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!canary.refersTo(null)) {
                throw new IllegalStateException("No garbage was collected: leaks cannot be found in this JVM");
            }
        }
    }

    private static final class RecordingDetector<T> extends ResourceLeakDetector<T> {
        private final Queue<String> leaks;

        RecordingDetector(Class<T> resource, int samplingInterval, Queue<String> leaks) {
            super(resource, samplingInterval);
            this.leaks = leaks;
        }

        /** Tracks a resource of no use, for Netty reports the lost ones on that occasion. */
        @SuppressWarnings("unchecked") // the detector keeps the identity of what it tracks, and calls nothing on it
        void reportLostResources() {
            T resource = (T) new Object();
            ResourceLeakTracker<T> tracker = trackForcibly(resource);
            tracker.close(resource);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            super.reportTracedLeak(resourceType, records);
            leaks.add(resourceType);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            super.reportUntracedLeak(resourceType);
            leaks.add(resourceType);
        }
    }
}
