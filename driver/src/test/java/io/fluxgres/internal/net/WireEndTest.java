package io.fluxgres.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgConnectionException;
import io.fluxgres.internal.protocol.BackendMessage;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pauses, the one terminal path, and calls from within a signal. */
@Timeout(30)
class WireEndTest {

    private final EmbeddedWire wire = new EmbeddedWire(1);

    @AfterEach
    void everythingIsReleased() {
        wire.assertEverythingIsReleased();
    }

    // ---- pause and resume

    @Test
    void withoutDemandReadingStopsAndTheSameRowIsOfferedAgain() {
        ScriptedExchange paused = wire.exchange("a").withoutDemand();
        wire.submit(paused);
        assertThat(wire.reads()).isTrue();

        wire.receive(new BackendMessages().dataRow("1").dataRow("2"));
        wire.receive(new BackendMessages().readyForQuery('I'));

        assertThat(wire.reads()).isFalse();
        assertThat(wire.events()).containsExactly("a written", "a paused");
        wire.resume(paused);
        wire.runTurn();
        assertThat(wire.events())
                .as("the row was offered again, and there is still no demand")
                .containsExactly("a written", "a paused", "a paused");
        assertThat(wire.reads()).isFalse();

        paused.hasDemand = true;
        wire.resume(paused);
        wire.runTurn();

        assertThat(wire.reads()).isTrue();
        assertThat(wire.events().subList(3, 7)).containsExactly("a DataRow", "a DataRow", "a ReadyForQuery", "a ready");
    }

    @Test
    void aRowThatArrivesInPiecesWhilePausedIsOfferedWhole() {
        ScriptedExchange paused = wire.exchange("a").withoutDemand();
        wire.submit(paused);
        byte[] bytes = new BackendMessages()
                .dataRow("1")
                .dataRow("2")
                .readyForQuery('I')
                .toBytes();
        for (byte single : bytes) {
            wire.receive(new byte[] {single});
        }

        paused.hasDemand = true;
        wire.resume(paused);
        wire.runTurn();

        assertThat(wire.events())
                .containsExactly("a written", "a paused", "a DataRow", "a DataRow", "a ReadyForQuery", "a ready");
    }

    @Test
    void theEndOfTheInputWaitsBehindAPausedRow() {
        ScriptedExchange paused = wire.exchange("a").withoutDemand();
        wire.submit(paused);
        wire.receive(new BackendMessages().dataRow("1").readyForQuery('I'));

        wire.hangUp();
        assertThat(wire.events()).containsExactly("a written", "a paused");

        paused.hasDemand = true;
        wire.resume(paused);
        wire.runTurn();

        assertThat(wire.events())
                .containsExactly("a written", "a paused", "a DataRow", "a ReadyForQuery", "a ready", "end");
    }

    @Test
    void closingWhilePausedReleasesWhatWaited() {
        wire.submit(wire.exchange("a").withoutDemand());
        wire.receive(new BackendMessages().dataRow("1").dataRow("2"));
        wire.receive(new BackendMessages().dataRow("3"));

        wire.close();
        wire.runTurn();

        assertThat(wire.events()).containsExactly("a written", "a paused", "a failed, written", "end");
        assertThat(wire.arrived()).allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Test
    void awaitStopsReadingUntilResume() {
        ScriptedExchange waiting = wire.exchange("a").awaitingAt(BackendMessage.AUTHENTICATION);
        wire.submit(waiting);
        wire.receive(new BackendMessages().authenticationOk().readyForQuery('I'));

        assertThat(wire.events()).containsExactly("a written", "a Authentication", "a awaits");
        assertThat(wire.reads()).isFalse();

        wire.resume(waiting);
        wire.runTurn();

        assertThat(wire.events()).endsWith("a ReadyForQuery", "a ready");
        assertThat(wire.reads()).isTrue();
    }

    // ---- the end

    @Test
    void theEndOfTheInputFailsEveryRequestOnceInOrder() {
        wire.submit(wire.exchange("a"));
        wire.submit(wire.exchange("b"));
        wire.submit(wire.exchange("c"));

        wire.hangUp();

        assertThat(wire.events())
                .containsExactly(
                        "a written", "a failed, written", "b failed, not written", "c failed, not written", "end");
        wire.assertEndedBy(PgConnectionException.class, "closed by the server");
        ScriptedExchange late = wire.exchange("d");
        wire.submit(late);
        assertThat(wire.events()).endsWith("end", "d failed, not written");
        assertThat(late.reason).isNotNull();
    }

    @Test
    void answersThatCameBeforeTheEndOfTheInputCount() {
        wire.submit(wire.exchange("a"));
        wire.receive(new BackendMessages().dataRow("1").readyForQuery('I'));
        wire.hangUp();

        assertThat(wire.events()).containsExactly("a written", "a DataRow", "a ReadyForQuery", "a ready", "end");
    }

    @Test
    void aLostConnectionSaysWhy() {
        wire.submit(wire.exchange("a"));
        wire.lose(new IOException("Connection reset by peer"));

        assertThat(wire.events()).containsExactly("a written", "a failed, written", "end");
        wire.assertEndedBy(PgConnectionException.class, "Connection reset by peer");
    }

    @Test
    void aLostConnectionWithoutAReasonDoesNotSayNull() {
        wire.submit(wire.exchange("a"));
        wire.lose(new ClosedChannelException());

        wire.assertEndedBy(PgConnectionException.class, "lost");
        assertThat(wire.end()).hasMessageNotContaining("null");
    }

    @Test
    void closeBeforeAuthenticationSendsNothing() {
        wire.close();
        wire.runTurn();

        assertThat(wire.sent()).isEmpty();
        wire.assertEndedBy(PgConnectionException.class, "closed by the caller");
    }

    @Test
    void closingTwiceEndsOnce() {
        wire.submit(wire.exchange("a"));
        wire.close();
        wire.close();
        wire.fail(new PgConnectionException("too late", true, null, null));
        wire.runTurn();

        assertThat(wire.events()).containsExactly("a written", "a failed, written", "end");
        wire.assertEndedBy(PgConnectionException.class, "closed by the caller");
    }

    @Test
    void whatArrivesBehindTheEndIsReleased() {
        wire.close();
        ByteBuf late =
                Unpooled.copiedBuffer(new BackendMessages().readyForQuery('I').toBytes());

        wire.read(late);

        assertThat(late.refCnt()).isZero();
        assertThat(wire.events()).containsExactly("end");
    }

    @Test
    void anExchangeThatThrowsWhenItFailsDoesNotHideTheEndFromTheOthers() {
        wire.submit(wire.exchange("a").onFailure(() -> {
            throw new IllegalStateException("on purpose");
        }));
        wire.submit(wire.exchange("b").onFailure(() -> {
            throw new IllegalStateException("on purpose");
        }));
        wire.submit(wire.exchange("c"));

        try {
            wire.close();
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("on purpose");
        }
        wire.runTurn();

        assertThat(wire.events())
                .containsExactly(
                        "a written", "a failed, written", "b failed, not written", "c failed, not written", "end");
    }

    // ---- re-entrancy

    @Test
    void aRequestThatIsSubmittedFromWithinTheEndOfAnotherIsWrittenInTheSameTurn() {
        wire.submit(wire.exchange("a").onReady(() -> wire.enqueue(wire.exchange("b"))));

        wire.receive(new BackendMessages().readyForQuery('I'));

        assertThat(wire.events()).containsExactly("a written", "a ReadyForQuery", "a ready", "b written");
        assertThat(wire.writes()).isEqualTo(2);
    }

    @Test
    void aRequestThatIsSubmittedFromWithinARowWaitsItsTurn() {
        AtomicInteger rows = new AtomicInteger();
        wire.submit(wire.exchange("a").onEachMessage(() -> {
            if (rows.getAndIncrement() == 0) {
                wire.enqueue(wire.exchange("b"));
            }
        }));

        wire.receive(new BackendMessages().dataRow("1").dataRow("2").readyForQuery('I'));

        assertThat(wire.events())
                .containsExactly("a written", "a DataRow", "a DataRow", "a ReadyForQuery", "a ready", "b written");
    }

    @Test
    void closeFromWithinARowTakesEffectBehindTheRow() {
        AtomicReference<Integer> references = new AtomicReference<>();
        wire.submit(wire.exchange("a").onEachMessage(() -> {
            wire.close();
            references.set(wire.arrived().get(0).refCnt());
        }));
        wire.submit(wire.exchange("b"));

        wire.receive(new BackendMessages().dataRow("1").dataRow("2"));

        assertThat(references).as("the row that is being read is not released").hasValue(1);
        assertThat(wire.events())
                .containsExactly("a written", "a DataRow", "a failed, written", "b failed, not written", "end");
    }

    @Test
    void closeFromWithinTheLastMessageLeavesTheRequestItsResult() {
        wire.submit(wire.exchange("a").onReady(wire::close));
        wire.submit(wire.exchange("b"));

        wire.receive(new BackendMessages().readyForQuery('I'));

        assertThat(wire.events())
                .containsExactly("a written", "a ReadyForQuery", "a ready", "b failed, not written", "end");
    }

    @Test
    void aRequestThatIsSubmittedFromWithinTheEndOfTheConnectionFailsAtOnce() {
        wire.submit(wire.exchange("a").onFailure(() -> wire.enqueue(wire.exchange("b"))));

        wire.close();
        wire.runTurn();

        assertThat(wire.events()).containsExactly("a written", "a failed, written", "b failed, not written", "end");
    }
}
