package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.fluxgres.testkit.NothingDropped;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** The check that no test of this module drops a signal: it is registered by files that a mistake would disable in silence. */
class NothingDroppedTest {

    private static final IllegalStateException ERROR = new IllegalStateException("reaches nobody");

    /** Not found by a run of the module's tests, for it is nested and static. */
    static final class Dropping {

        @Test
        void dropsAnError() {
            Operators.onErrorDropped(ERROR, Context.empty());
        }

        @Test
        void dropsAValue() {
            Operators.onNextDropped("value", Context.empty());
        }

        @Test
        void dropsNothing() {}
    }

    @Test
    void aTestThatDropsASignalFailsAndIsNamed() {
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherConfig bare = LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .build();
        try (LauncherSession session = LauncherFactory.openSession(bare)) {
            session.getLauncher()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(Dropping.class))
                                    .build(),
                            summary);
        }

        assertThat(summary.getSummary().getTestsSucceededCount()).isOne();
        assertThat(summary.getSummary().getFailures())
                .extracting(failure -> failure.getException().getMessage())
                .hasSize(2)
                .anyMatch(message -> message.contains(ERROR.toString()) && message.contains("dropsAnError()"))
                .anyMatch(message -> message.contains("value on ") && message.contains("dropsAValue()"));
    }

    @Test
    void whatIsDroppedBehindTheLastTestFailsTheRun() {
        Operators.onErrorDropped(ERROR, Context.empty());

        assertThatThrownBy(() -> new NothingDropped().launcherSessionClosed(null))
                .isInstanceOf(AssertionError.class)
                .hasSuppressedException(ERROR);
    }

    @Test
    void aTestTakesWhatItHasProvoked() {
        Operators.onErrorDropped(ERROR, Context.empty());

        assertThat(NothingDropped.take()).extracting("signal").containsExactly(ERROR);
    }
}
