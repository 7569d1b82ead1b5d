package io.fluxgres.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgConnectionException;
import io.fluxgres.testkit.BackendMessages;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the driver sends of its own, whose answer nobody waits for, and what is sent behind it. */
@Timeout(10)
class IncidentalExchangeTest {

    /** Beyond every bound of draining. */
    private static final Duration LONG = Duration.ofHours(2);

    private final EmbeddedWire wire = new EmbeddedWire(10);
    private final ScriptedExchange incidental = wire.exchange("incidental");
    private final ScriptedExchange first = wire.exchange("first");
    private final ScriptedExchange second = wire.exchange("second");

    @BeforeEach
    void mark() {
        incidental.incidental = true;
    }

    @AfterEach
    void everythingIsReleased() {
        wire.assertEverythingIsReleased();
    }

    @Test
    void whoAwaitsAnswersDoesNotAwaitItsOwn() {
        first.awaitsAnswers = true;
        second.awaitsAnswers = true;

        wire.submit(incidental);
        wire.submit(first);
        wire.submit(second);

        assertThat(wire.events()).containsExactly("incidental written", "first written");

        wire.receive(new BackendMessages().readyForQuery('I'));
        assertThat(wire.events()).doesNotContain("second written");
        wire.receive(new BackendMessages().readyForQuery('I'));
        assertThat(wire.events()).endsWith("first ready", "second written");
    }

    @Test
    void whatIsAbandonedBehindOneThatIsNotAnsweredEndsTheConnection() {
        wire.submit(incidental);
        wire.submit(first);
        wire.abandon(first);
        wire.pass(LONG);

        wire.assertEndedBy(PgConnectionException.class, "a cancelled result did not end");
    }

    @Test
    void whatIsWantedBehindItMayTakeItsTime() {
        wire.submit(incidental);
        wire.submit(first);
        wire.abandon(first);
        wire.submit(second);
        wire.pass(LONG);

        assertThat(wire.isOpen()).isTrue();
        wire.abandon(second);
        wire.pass(LONG);

        wire.assertEndedBy(PgConnectionException.class, "a cancelled result did not end");
    }

    @Test
    void aloneItIsWaitedForWithoutABoundForNobodyDoes() {
        wire.submit(incidental);
        wire.pass(LONG);

        assertThat(wire.isOpen()).isTrue();
    }

    @Test
    void itIsNoReasonToKeepWhatIsAbandonedInFrontOfIt() {
        wire.submit(first);
        wire.submit(incidental);
        wire.abandon(first);
        wire.pass(LONG);

        wire.assertEndedBy(PgConnectionException.class, "a cancelled result did not end");
    }

    @Test
    void aCancelIsOfWhatIsBehindIt() {
        first.cancellable = true;
        wire.submit(incidental);
        wire.submit(first);
        wire.cancelHead();
        assertThat(wire.events()).containsExactly("incidental written", "first written");

        wire.receive(new BackendMessages().readyForQuery('I'));

        assertThat(wire.events())
                .endsWith("incidental ReadyForQuery", "incidental ready", "cancel", "cancel told")
                .doesNotContain("first ready");
    }

    @Test
    void whoAskedForACancelIsToldOfTheEndToo() {
        first.cancellable = true;
        wire.submit(incidental);
        wire.submit(first);
        wire.cancelHead();
        wire.hangUp();

        assertThat(wire.events()).contains("cancel told").doesNotContain("cancel");
    }
}
