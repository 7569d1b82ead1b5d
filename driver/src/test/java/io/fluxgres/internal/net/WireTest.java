package io.fluxgres.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgProtocolException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.ProtocolViolation;
import io.fluxgres.testkit.BackendMessages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one read loop and the one flush: what is written when, whose each message is, and what closes the connection. */
@Timeout(30)
class WireTest {

    private final EmbeddedWire wire = new EmbeddedWire(1);

    @AfterEach
    void everythingIsReleased() {
        wire.assertEverythingIsReleased();
    }

    // ---- writing

    @Test
    void whatIsSubmittedLeavesAtTheEndOfTheTurnInOneWriteAndOneFlush() {
        wire.enqueue(wire.exchange("a").writing(out -> out.query("one")));
        wire.enqueue(wire.exchange("b"));
        assertThat(wire.writes()).isZero();

        wire.runTurn();

        assertThat(wire.writes()).isEqualTo(1);
        assertThat(wire.flushes()).isEqualTo(1);
        assertThat(wire.sent()).isEqualTo("Q\0\0\0\u0008one\0");
        assertThat(wire.events()).containsExactly("a written");
    }

    @Test
    void theNextRequestIsWrittenWhenTheFirstIsAnswered() {
        wire.submit(wire.exchange("a").writing(out -> out.query("one")));
        wire.submit(wire.exchange("b").writing(out -> out.query("two")));
        wire.sent();

        wire.receive(new BackendMessages().commandComplete("SELECT 0").readyForQuery('I'));

        assertThat(wire.events())
                .containsExactly("a written", "a CommandComplete", "a ReadyForQuery", "a ready", "b written");
        assertThat(wire.sent()).isEqualTo("Q\0\0\0\u0008two\0");
        assertThat(wire.writes()).isEqualTo(2);
        assertThat(wire.flushes()).isEqualTo(2);
    }

    @Test
    void aTurnWithoutARequestWritesNothing() {
        wire.submit(wire.exchange("a"));
        wire.receive(
                new BackendMessages().noticeResponse("NOTICE", "00000", "x").dataRow("1"));
        wire.receive(new BackendMessages().commandComplete("SELECT 1").readyForQuery('I'));

        assertThat(wire.writes()).isEqualTo(1);
        assertThat(wire.flushes()).isEqualTo(1);
    }

    @Test
    void aWithdrawnRequestIsDroppedWithoutAWord() {
        ScriptedExchange withdrawn = wire.exchange("a");
        wire.enqueue(withdrawn);
        wire.enqueue(wire.exchange("b").writing(out -> out.query("two")));
        withdrawn.withdrawn = true;

        wire.runTurn();

        assertThat(wire.events()).containsExactly("b written");
        assertThat(wire.sent()).isEqualTo("Q\0\0\0\u0008two\0");
    }

    @Test
    void aRequestThatCannotBeWrittenIsTakenBackAsAWholeAndTheNextIsWritten() {
        ScriptedExchange wrong = wire.exchange("a").writing(out -> {
            out.query("first half");
            out.query("NUL \0");
        });
        wire.enqueue(wrong);
        wire.enqueue(wire.exchange("b").writing(out -> out.query("two")));

        wire.runTurn();

        assertThat(wire.events()).containsExactly("a failed, not written", "b written");
        assertThat(wrong.reason).isInstanceOf(PgUsageException.class).hasMessageContaining("NUL");
        assertThat(wire.sent()).isEqualTo("Q\0\0\0\u0008two\0");
        wire.receive(new BackendMessages().readyForQuery('I'));
        assertThat(wire.events()).endsWith("b ready");
    }

    @Test
    void aSubscriberThatClosesWhenItIsRefusedLeavesNothingBehindTerminate() {
        ScriptedExchange wrong =
                wire.exchange("a").writing(out -> out.query("NUL \0")).onFailure(() -> wire.close());
        wire.enqueue(wrong);
        wire.enqueue(wire.exchange("b").writing(out -> out.query("two")));

        wire.runTurn();

        assertThat(wire.events()).containsExactly("a failed, not written", "b failed, not written", "end");
        assertThat(wire.sent()).doesNotContain("two");
    }

    @Test
    void anExceptionOfAnEncoderIsWrappedAndItsMessageNotRepeated() {
        ScriptedExchange wrong = wire.exchange("a").writing(out -> {
            throw new ArithmeticException("secret");
        });

        wire.submit(wrong);

        assertThat(wrong.reason)
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("ArithmeticException")
                .hasMessageNotContaining("secret");
        assertThat(wire.writes()).isZero();
        assertThat(wire.isOpen()).isTrue();
    }

    // ---- writing ahead

    @Test
    void whatIsSubmittedInOneTurnLeavesTogetherUpToTheDepth() {
        EmbeddedWire pipeline = new EmbeddedWire(3);
        for (String name : List.of("a", "b", "c", "d")) {
            pipeline.enqueue(pipeline.exchange(name).writing(out -> out.query(name)));
        }

        pipeline.runTurn();

        assertThat(pipeline.events()).containsExactly("a written", "b written", "c written");
        assertThat(pipeline.sent()).isEqualTo("Q\0\0\0\u0006a\0Q\0\0\0\u0006b\0Q\0\0\0\u0006c\0");
        assertThat(pipeline.writes()).isEqualTo(1);
        assertThat(pipeline.flushes()).isEqualTo(1);
        pipeline.receive(new BackendMessages().readyForQuery('I').readyForQuery('I'));
        assertThat(pipeline.events()).endsWith("a ReadyForQuery", "a ready", "b ReadyForQuery", "b ready", "d written");
        pipeline.assertEverythingIsReleased();
    }

    @Test
    void theEndOfTheInputFailsWhatIsWrittenAheadAsWritten() {
        EmbeddedWire pipeline = new EmbeddedWire(2);
        for (String name : List.of("a", "b", "c")) {
            pipeline.enqueue(pipeline.exchange(name));
        }
        pipeline.runTurn();

        pipeline.hangUp();

        assertThat(pipeline.events())
                .endsWith("a failed, written", "b failed, written", "c failed, not written", "end");
        pipeline.assertEverythingIsReleased();
    }

    @Test
    void aRequestThatCannotBeWrittenDoesNotDisturbThoseInTheSameWrite() {
        EmbeddedWire pipeline = new EmbeddedWire(9);
        pipeline.enqueue(pipeline.exchange("a").writing(out -> out.query("a")));
        pipeline.enqueue(pipeline.exchange("b").writing(out -> {
            out.sync();
            out.query("NUL \0");
        }));
        pipeline.enqueue(pipeline.exchange("c").writing(out -> out.query("c")));
        pipeline.runTurn();

        assertThat(pipeline.sent()).isEqualTo("Q\0\0\0\u0006a\0Q\0\0\0\u0006c\0");
        pipeline.receive(new BackendMessages().readyForQuery('I').readyForQuery('I'));
        assertThat(pipeline.events()).contains("b failed, not written").endsWith("c ready");
        assertThat(pipeline.isOpen()).isTrue();
        pipeline.assertEverythingIsReleased();
    }

    // ---- the ledger

    @Test
    void aSurplusReadyForQueryClosesTheConnection() {
        wire.submit(wire.exchange("a"));
        wire.receive(new BackendMessages().readyForQuery('I').readyForQuery('I'));

        wire.assertEndedBy(PgProtocolException.class, "ReadyForQuery");
        assertThat(wire.events()).containsExactly("a written", "a ReadyForQuery", "a ready", "end");
    }

    @Test
    void aMissingReadyForQueryClosesTheConnectionAndTheRequestLearnsOfIt() {
        wire.submit(wire.exchange("a").writing(out -> {
            out.query("one");
            out.query("two");
        }));

        wire.receive(new BackendMessages().readyForQuery('I'));

        wire.assertEndedBy(PgProtocolException.class, "ReadyForQuery");
        assertThat(wire.events()).containsExactly("a written", "a ReadyForQuery", "a failed, written", "end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"D", "C", "T", "1", "2", "3", "n", "t", "s", "I", "G", "H", "W", "d", "c", "R", "K", "v", "q"})
    void aMessageThatNoRequestWaitsForClosesTheConnection(String type) {
        wire.receive(new BackendMessages().raw(type.charAt(0), new byte[] {0, 0}));

        wire.assertEndedBy(PgProtocolException.class, "while no request was waiting");
    }

    @Test
    void aMessageBehindTheLastAnswerClosesTheConnectionBeforeTheNextRequestIsWritten() {
        wire.submit(wire.exchange("a"));
        wire.submit(wire.exchange("b"));
        wire.receive(new BackendMessages().readyForQuery('I').commandComplete("SELECT 1"));

        wire.assertEndedBy(PgProtocolException.class, "CommandComplete");
        assertThat(wire.events())
                .containsExactly("a written", "a ReadyForQuery", "a ready", "b failed, not written", "end");
    }

    @Test
    void aMessageThatAStateDoesNotFinishClosesTheConnection() {
        wire.submit(wire.exchange("a").onEachMessage(() -> {
            throw new ProtocolViolation("not now");
        }));
        wire.receive(new BackendMessages().dataRow("1").dataRow("2"));

        wire.assertEndedBy(PgProtocolException.class, "not now");
        assertThat(wire.events()).containsExactly("a written", "a DataRow", "a failed, written", "end");
    }

    @Test
    void aFailureOfTheDriverClosesTheConnection() {
        wire.submit(wire.exchange("a").onEachMessage(() -> {
            throw new IllegalStateException("on purpose");
        }));
        wire.receive(new BackendMessages().dataRow("1"));

        wire.assertEndedBy(PgConnectionException.class, "on purpose");
    }

    // ---- errors that end the session

    @ParameterizedTest
    @ValueSource(strings = {"FATAL", "PANIC"})
    void anErrorBehindWhichTheSessionEndsFailsAllRequests(String severity) {
        ScriptedExchange running = wire.exchange("a");
        wire.submit(running);
        wire.submit(wire.exchange("b"));

        wire.receive(new BackendMessages()
                .dataRow("1")
                .errorResponse(severity, "57P01", "goes down")
                .dataRow("2"));

        wire.assertEndedBy(PgConnectionException.class, "goes down");
        assertThat(wire.events())
                .containsExactly("a written", "a DataRow", "a failed, written", "b failed, not written", "end");
        assertThat(running.reason).isNotNull();
        assertThat(running.reason.sqlState()).isEqualTo("57P01");
    }

    @Test
    void anErrorThatAnswersNoRequestEndsTheSession() {
        wire.receive(new BackendMessages().errorResponse("ERROR", "57P05", "idle too long"));

        wire.assertEndedBy(PgConnectionException.class, "idle too long");
        assertThat(wire.end().sqlState()).isEqualTo("57P05");
    }

    @Test
    void anOrdinaryErrorIsForTheState() {
        wire.submit(wire.exchange("a"));
        wire.receive(new BackendMessages()
                .errorResponse("ERROR", "57014", "cancelled")
                .readyForQuery('I'));

        assertThat(wire.events()).containsExactly("a written", "a ErrorResponse", "a ReadyForQuery", "a ready");
        assertThat(wire.isOpen()).isTrue();
    }

    @Test
    void aFatalErrorBehindAnOrdinaryOneEndsTheSession() {
        wire.submit(wire.exchange("a"));
        wire.receive(new BackendMessages()
                .errorResponse("ERROR", "57014", "cancelled")
                .errorResponse("FATAL", "57P01", "goes down"));

        wire.assertEndedBy(PgConnectionException.class, "goes down");
        assertThat(wire.events()).containsExactly("a written", "a ErrorResponse", "a failed, written", "end");
    }

    @Test
    void anExchangeMayTakeFatalErrorsItself() {
        wire.submit(wire.exchange("a").takingFatalErrors());
        wire.receive(new BackendMessages().errorResponse("FATAL", "28P01", "wrong password"));

        assertThat(wire.events()).containsExactly("a written", "a ErrorResponse");
        assertThat(wire.isOpen()).isTrue();
    }

    // ---- what may come at any time

    @Test
    void noticesParametersAndNotificationsGoToTheListenerAtAnyTime() {
        byte[] asynchronous = new BackendMessages()
                .noticeResponse("NOTICE", "00000", "n")
                .parameterStatus("TimeZone", "UTC")
                .notificationResponse(1, "channel", "payload")
                .toBytes();
        wire.receive(asynchronous);
        wire.submit(wire.exchange("a"));
        wire.receive(asynchronous);
        wire.receive(new BackendMessages()
                .dataRow("1")
                .bytes(asynchronous)
                .readyForQuery('I')
                .bytes(asynchronous));

        List<String> told = List.of("notice n", "TimeZone=UTC", "notification channel payload");
        List<String> expected = new ArrayList<>(told);
        expected.add("a written");
        expected.addAll(told);
        expected.add("a DataRow");
        expected.addAll(told);
        expected.addAll(List.of("a ReadyForQuery", "a ready"));
        expected.addAll(told);
        assertThat(wire.events()).isEqualTo(expected);
        assertThat(wire.isOpen()).isTrue();
    }
}
