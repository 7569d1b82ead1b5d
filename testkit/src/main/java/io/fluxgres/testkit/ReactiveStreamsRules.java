package io.fluxgres.testkit;

import static java.util.stream.Collectors.toCollection;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/**
 * Runs verifications of the Reactive Streams TCK, which are classes of TestNG, as tests of JUnit: one a rule. The TCK is
 * found by name, for only the tests of some modules have it.
 */
public final class ReactiveStreamsRules {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Runnable after;

    /**
     * Takes what is done after each rule: rules leave subscriptions without demand behind, so that the next one needs a
     * connection of its own.
     */
    public ReactiveStreamsRules(Runnable after) {
        this.after = after;
    }

    /**
     * Returns the tests of one publisher, and behind them one of how many rules were not skipped.
     *
     * @param leastVerified how many; an optional rule that is broken is skipped only if the TCK sees it in time
     * @param verification makes a {@code PublisherVerification}, a new one for each rule
     */
    public DynamicContainer of(String publisher, int leastVerified, Supplier<?> verification) {
        AtomicInteger verified = new AtomicInteger();
        List<DynamicTest> tests = Arrays.stream(verification.get().getClass().getMethods())
                .filter(method -> isAnnotated(method, "Test") && applies(method.getName()))
                .sorted(Comparator.comparing(Method::getName))
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getName(),
                        () -> Assertions.assertTimeoutPreemptively(
                                PATIENCE, () -> run(verification.get(), rule, verified))))
                .collect(toCollection(ArrayList::new));
        tests.add(DynamicTest.dynamicTest(
                "verified rules",
                () -> Assertions.assertTrue(verified.get() >= leastVerified, () -> "only " + verified + " rules")));
        return DynamicContainer.dynamicContainer(publisher, tests);
    }

    /** Leaves out what the TCK cannot test, and the rules of publishers that have one stream for all subscribers. */
    private static boolean applies(String rule) {
        return !rule.startsWith("untested_") && !rule.startsWith("optional_spec111_multicast_");
    }

    private void run(Object verification, Method rule, AtomicInteger verified) throws Throwable {
        try {
            for (Method method : verification.getClass().getMethods()) {
                if (isAnnotated(method, "BeforeMethod")) {
                    invoke(verification, method);
                }
            }
            invoke(verification, rule);
            verified.incrementAndGet();
        } finally {
            after.run();
        }
    }

    private static void invoke(Object verification, Method method) throws Throwable {
        try {
            method.invoke(verification);
        } catch (InvocationTargetException e) {
            Throwable thrown = Objects.requireNonNull(e.getCause());
            if (thrown.getClass().getName().equals("org.testng.SkipException")) {
                Assumptions.abort(thrown.getMessage());
            }
            throw thrown;
        }
    }

    private static boolean isAnnotated(Method method, String simpleName) {
        return Arrays.stream(method.getAnnotations())
                .anyMatch(annotation ->
                        annotation.annotationType().getName().equals("org.testng.annotations." + simpleName));
    }
}
