package io.fluxgres.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgConnectionException;
import io.fluxgres.PgException;
import io.fluxgres.PgProtocolException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.BackendMessage;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.MessageLimits;
import io.fluxgres.internal.protocol.ProtocolViolation;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one read loop, the one flush and the one terminal path, on a channel without a network. */
@Timeout(60)
class WireTest {

    /** In front of the wire, where the network would be. */
    private static final class Network extends ChannelDuplexHandler {

        private int writes;
        private int flushes;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            writes++;
            context.write(message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            flushes++;
            context.flush();
        }
    }

    private final class Listener implements WireListener {

        @Override
        public void onNotice(ErrorFields notice) {
            events.add("notice " + notice.message());
        }

        @Override
        public void onParameterStatus(String name, String value) {
            events.add(name + "=" + value);
        }

        @Override
        public void onNotification(int processId, String name, String payload) {
            events.add("notification " + name + " " + payload);
        }

        @Override
        public void onEnd(PgException reason) {
            events.add("end");
            end.set(reason);
        }
    }

    private final List<String> events = new ArrayList<>();
    private final AtomicReference<PgException> end = new AtomicReference<>();
    private final List<ByteBuf> arrived = new ArrayList<>();
    private final Network network = new Network();
    private final EmbeddedChannel channel = new EmbeddedChannel(network);
    private final Wire wire = new Wire(channel, MessageLimits.DEFAULT, new Listener());

    @BeforeEach
    void attach() {
        channel.pipeline().addLast(wire);
    }

    @AfterEach
    void everythingIsReleased() {
        channel.close();
        channel.runPendingTasks();
        channel.releaseOutbound();
        assertThat(arrived).allMatch(buffer -> buffer.refCnt() == 0);
        channel.checkException();
    }

    private ScriptedExchange exchange(String name) {
        return new ScriptedExchange(name, events);
    }

    private void submit(Exchange exchange) {
        wire.submit(exchange);
        channel.runPendingTasks();
    }

    private void receive(byte[] bytes) {
        ByteBuf buffer = Unpooled.copiedBuffer(bytes);
        arrived.add(buffer);
        channel.writeInbound(buffer);
    }

    private void receive(BackendMessages messages) {
        receive(messages.toBytes());
    }

    private static BackendMessages messages() {
        return new BackendMessages();
    }

    /** Returns all that was sent since the last call, as ISO 8859-1. */
    private String sent() {
        StringBuilder sent = new StringBuilder();
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            sent.append(buffer.toString(StandardCharsets.ISO_8859_1));
            buffer.release();
        }
        return sent.toString();
    }

    private boolean reads() {
        return channel.config().isAutoRead();
    }

    private void assertEndedBy(Class<? extends PgException> expected, String message) {
        assertThat(end.get()).isInstanceOf(expected).hasMessageContaining(message);
        assertThat(events).containsOnlyOnce("end").endsWith("end");
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    // ---- writing

    @Test
    void whatIsSubmittedLeavesAtTheEndOfTheTurnInOneWriteAndOneFlush() {
        wire.submit(exchange("a").writing(out -> out.query("one")));
        wire.submit(exchange("b"));
        assertThat(network.writes).isZero();

        channel.runPendingTasks();

        assertThat(network.writes).isEqualTo(1);
        assertThat(network.flushes).isEqualTo(1);
        assertThat(sent()).isEqualTo("Q\0\0\0\u0008one\0");
        assertThat(events).containsExactly("a written");
    }

    @Test
    void theNextRequestIsWrittenWhenTheFirstIsAnswered() {
        submit(exchange("a").writing(out -> out.query("one")));
        submit(exchange("b").writing(out -> out.query("two")));
        sent();

        receive(messages().commandComplete("SELECT 0").readyForQuery('I'));

        assertThat(events).containsExactly("a written", "a CommandComplete", "a ReadyForQuery", "a ready", "b written");
        assertThat(sent()).isEqualTo("Q\0\0\0\u0008two\0");
        assertThat(network.writes).isEqualTo(2);
        assertThat(network.flushes).isEqualTo(2);
    }

    @Test
    void aTurnWithoutARequestWritesNothing() {
        submit(exchange("a"));
        receive(messages().noticeResponse("NOTICE", "00000", "x").dataRow("1"));
        receive(messages().commandComplete("SELECT 1").readyForQuery('I'));

        assertThat(network.writes).isEqualTo(1);
        assertThat(network.flushes).isEqualTo(1);
    }

    @Test
    void aWithdrawnRequestIsDroppedWithoutAWord() {
        ScriptedExchange withdrawn = exchange("a");
        wire.submit(withdrawn);
        wire.submit(exchange("b").writing(out -> out.query("two")));
        withdrawn.withdrawn = true;

        channel.runPendingTasks();

        assertThat(events).containsExactly("b written");
        assertThat(sent()).isEqualTo("Q\0\0\0\u0008two\0");
    }

    @Test
    void aRequestThatCannotBeWrittenIsTakenBackAsAWholeAndTheNextIsWritten() {
        ScriptedExchange wrong = exchange("a").writing(out -> {
            out.query("first half");
            out.query("NUL \0");
        });
        wire.submit(wrong);
        wire.submit(exchange("b").writing(out -> out.query("two")));

        channel.runPendingTasks();

        assertThat(events).containsExactly("a failed, not written", "b written");
        assertThat(wrong.reason).isInstanceOf(PgUsageException.class).hasMessageContaining("NUL");
        assertThat(sent()).isEqualTo("Q\0\0\0\u0008two\0");
        receive(messages().readyForQuery('I'));
        assertThat(events).endsWith("b ready");
    }

    @Test
    void anExceptionOfAnEncoderIsWrappedAndItsMessageNotRepeated() {
        ScriptedExchange wrong = exchange("a").writing(out -> {
            throw new ArithmeticException("secret");
        });

        submit(wrong);

        assertThat(wrong.reason)
                .isInstanceOf(PgUsageException.class)
                .hasMessageContaining("ArithmeticException")
                .hasMessageNotContaining("secret");
        assertThat(network.writes).isZero();
        assertThat(channel.isOpen()).isTrue();
    }

    // ---- the ledger

    @Test
    void aSurplusReadyForQueryClosesTheConnection() {
        submit(exchange("a"));
        receive(messages().readyForQuery('I').readyForQuery('I'));

        assertEndedBy(PgProtocolException.class, "ReadyForQuery");
        assertThat(events).containsExactly("a written", "a ReadyForQuery", "a ready", "end");
    }

    @Test
    void aMissingReadyForQueryClosesTheConnectionAndTheRequestLearnsOfIt() {
        submit(exchange("a").writing(out -> {
            out.query("one");
            out.query("two");
        }));

        receive(messages().readyForQuery('I'));

        assertEndedBy(PgProtocolException.class, "owes 1 ReadyForQuery");
        assertThat(events).containsExactly("a written", "a ReadyForQuery", "a failed, written", "end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"D", "C", "T", "1", "2", "3", "n", "t", "s", "I", "G", "H", "W", "d", "c", "R", "K", "v", "q"})
    void aMessageThatNoRequestWaitsForClosesTheConnection(String type) {
        receive(messages().raw(type.charAt(0), new byte[] {0, 0}));

        assertEndedBy(PgProtocolException.class, "while no request was waiting");
    }

    @Test
    void aMessageBehindTheLastAnswerClosesTheConnectionBeforeTheNextRequestIsWritten() {
        submit(exchange("a"));
        submit(exchange("b"));
        receive(messages().readyForQuery('I').commandComplete("SELECT 1"));

        assertEndedBy(PgProtocolException.class, "CommandComplete");
        assertThat(events).containsExactly("a written", "a ReadyForQuery", "a ready", "b failed, not written", "end");
    }

    @Test
    void aMessageThatAStateDoesNotFinishClosesTheConnection() {
        submit(exchange("a").onEachMessage(() -> {
            throw new ProtocolViolation("not now");
        }));
        receive(messages().dataRow("1").dataRow("2"));

        assertEndedBy(PgProtocolException.class, "not now");
        assertThat(events).containsExactly("a written", "a DataRow", "a failed, written", "end");
    }

    @Test
    void aFailureOfTheDriverClosesTheConnection() {
        submit(exchange("a").onEachMessage(() -> {
            throw new IllegalStateException("on purpose");
        }));
        receive(messages().dataRow("1"));

        assertEndedBy(PgConnectionException.class, "on purpose");
    }

    // ---- errors that end the session

    @ParameterizedTest
    @ValueSource(strings = {"FATAL", "PANIC"})
    void anErrorBehindWhichTheSessionEndsFailsAllRequests(String severity) {
        ScriptedExchange running = exchange("a");
        submit(running);
        submit(exchange("b"));

        receive(messages()
                .dataRow("1")
                .errorResponse(severity, "57P01", "goes down")
                .dataRow("2"));

        assertEndedBy(PgConnectionException.class, "goes down");
        assertThat(events)
                .containsExactly("a written", "a DataRow", "a failed, written", "b failed, not written", "end");
        assertThat(running.reason).isNotNull();
        assertThat(running.reason.sqlState()).isEqualTo("57P01");
    }

    @Test
    void anErrorThatAnswersNoRequestEndsTheSession() {
        receive(messages().errorResponse("ERROR", "57P05", "idle too long"));

        assertEndedBy(PgConnectionException.class, "idle too long");
        assertThat(end.get().sqlState()).isEqualTo("57P05");
    }

    @Test
    void anOrdinaryErrorIsForTheState() {
        submit(exchange("a"));
        receive(messages().errorResponse("ERROR", "57014", "cancelled").readyForQuery('I'));

        assertThat(events).containsExactly("a written", "a ErrorResponse", "a ReadyForQuery", "a ready");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aFatalErrorBehindAnOrdinaryOneEndsTheSession() {
        submit(exchange("a"));
        receive(messages().errorResponse("ERROR", "57014", "cancelled").errorResponse("FATAL", "57P01", "goes down"));

        assertEndedBy(PgConnectionException.class, "goes down");
        assertThat(events).containsExactly("a written", "a ErrorResponse", "a failed, written", "end");
    }

    @Test
    void anExchangeMayTakeFatalErrorsItself() {
        submit(exchange("a").takingFatalErrors());
        receive(messages().errorResponse("FATAL", "28P01", "wrong password"));

        assertThat(events).containsExactly("a written", "a ErrorResponse");
        assertThat(channel.isOpen()).isTrue();
    }

    // ---- what may come at any time

    @Test
    void noticesParametersAndNotificationsGoToTheListenerAtAnyTime() {
        byte[] asynchronous = messages()
                .noticeResponse("NOTICE", "00000", "n")
                .parameterStatus("TimeZone", "UTC")
                .notificationResponse(1, "channel", "payload")
                .toBytes();
        receive(asynchronous);
        submit(exchange("a"));
        receive(asynchronous);
        receive(messages().dataRow("1").bytes(asynchronous).readyForQuery('I').bytes(asynchronous));

        List<String> told = List.of("notice n", "TimeZone=UTC", "notification channel payload");
        List<String> expected = new ArrayList<>(told);
        expected.add("a written");
        expected.addAll(told);
        expected.add("a DataRow");
        expected.addAll(told);
        expected.addAll(List.of("a ReadyForQuery", "a ready"));
        expected.addAll(told);
        assertThat(events).isEqualTo(expected);
        assertThat(channel.isOpen()).isTrue();
    }

    // ---- pause and resume

    @Test
    void withoutDemandReadingStopsAndTheSameRowIsOfferedAgain() {
        ScriptedExchange paused = exchange("a").withoutDemand();
        submit(paused);
        assertThat(reads()).isTrue();

        receive(messages().dataRow("1").dataRow("2"));
        receive(messages().readyForQuery('I'));

        assertThat(reads()).isFalse();
        assertThat(events).containsExactly("a written", "a paused");
        wire.resume();
        channel.runPendingTasks();
        assertThat(events).as("there is still no demand").containsExactly("a written", "a paused", "a paused");
        assertThat(reads()).isFalse();

        paused.hasDemand = true;
        wire.resume();
        channel.runPendingTasks();

        assertThat(reads()).isTrue();
        assertThat(events.subList(3, 7)).containsExactly("a DataRow", "a DataRow", "a ReadyForQuery", "a ready");
    }

    @Test
    void aRowThatArrivesInPiecesWhilePausedIsOfferedWhole() {
        ScriptedExchange paused = exchange("a").withoutDemand();
        submit(paused);
        byte[] bytes = messages().dataRow("1").dataRow("2").readyForQuery('I').toBytes();
        for (byte single : bytes) {
            receive(new byte[] {single});
        }

        paused.hasDemand = true;
        wire.resume();
        channel.runPendingTasks();

        assertThat(events)
                .containsExactly("a written", "a paused", "a DataRow", "a DataRow", "a ReadyForQuery", "a ready");
    }

    @Test
    void theEndOfTheInputWaitsBehindAPausedRow() {
        ScriptedExchange paused = exchange("a").withoutDemand();
        submit(paused);
        receive(messages().dataRow("1").readyForQuery('I'));

        channel.close();
        channel.runPendingTasks();
        assertThat(events).containsExactly("a written", "a paused");

        paused.hasDemand = true;
        wire.resume();
        channel.runPendingTasks();

        assertThat(events).containsExactly("a written", "a paused", "a DataRow", "a ReadyForQuery", "a ready", "end");
    }

    @Test
    void theEndOfTheInputFailsWhatWaitsBehindAPausedRowAtOnce() {
        submit(exchange("a").withoutDemand());
        submit(exchange("b"));
        receive(messages().dataRow("1"));

        channel.close();
        channel.runPendingTasks();
        submit(exchange("c"));

        assertThat(events).containsExactly("a written", "a paused", "b failed, not written", "c failed, not written");
    }

    @Test
    void closingWhilePausedReleasesWhatWaited() {
        submit(exchange("a").withoutDemand());
        receive(messages().dataRow("1").dataRow("2"));
        receive(messages().dataRow("3"));

        wire.close();
        channel.runPendingTasks();

        assertThat(events).containsExactly("a written", "a paused", "a failed, written", "end");
        assertThat(arrived).allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Test
    void awaitStopsReadingUntilResume() {
        submit(exchange("a").awaitingAt(BackendMessage.AUTHENTICATION));
        receive(messages().authenticationOk().readyForQuery('I'));

        assertThat(events).containsExactly("a written", "a Authentication", "a awaits");
        assertThat(reads()).isFalse();

        wire.resume();
        channel.runPendingTasks();

        assertThat(events).endsWith("a ReadyForQuery", "a ready");
        assertThat(reads()).isTrue();
    }

    // ---- the end

    @Test
    void theEndOfTheInputFailsEveryRequestOnceInOrder() {
        submit(exchange("a"));
        submit(exchange("b"));
        submit(exchange("c"));

        channel.close();
        channel.runPendingTasks();

        assertThat(events)
                .containsExactly(
                        "a written", "a failed, written", "b failed, not written", "c failed, not written", "end");
        assertEndedBy(PgConnectionException.class, "closed by the server");
        ScriptedExchange late = exchange("d");
        submit(late);
        assertThat(events).endsWith("end", "d failed, not written");
        assertThat(late.reason).isNotNull();
    }

    @Test
    void answersThatCameBeforeTheEndOfTheInputCount() {
        submit(exchange("a"));
        receive(messages().dataRow("1").readyForQuery('I'));
        channel.close();
        channel.runPendingTasks();

        assertThat(events).containsExactly("a written", "a DataRow", "a ReadyForQuery", "a ready", "end");
    }

    @Test
    void aLostConnectionSaysWhy() {
        submit(exchange("a"));
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));

        assertThat(events).containsExactly("a written", "a failed, written", "end");
        assertEndedBy(PgConnectionException.class, "Connection reset by peer");
    }

    @Test
    void aLostConnectionWithoutAReasonDoesNotSayNull() {
        submit(exchange("a"));
        channel.pipeline().fireExceptionCaught(new ClosedChannelException());

        assertEndedBy(PgConnectionException.class, "lost");
        assertThat(end.get()).hasMessageNotContaining("null");
    }

    @Test
    void closeBeforeAuthenticationSendsNothing() {
        wire.close();
        channel.runPendingTasks();

        assertThat(sent()).isEmpty();
        assertEndedBy(PgConnectionException.class, "closed by the caller");
    }

    @Test
    void closingTwiceEndsOnce() {
        submit(exchange("a"));
        wire.close();
        wire.close();
        wire.fail(new PgConnectionException("too late", true, null, null));
        channel.runPendingTasks();

        assertThat(events).containsExactly("a written", "a failed, written", "end");
        assertEndedBy(PgConnectionException.class, "closed by the caller");
    }

    @Test
    void whatArrivesBehindTheEndIsReleased() {
        wire.close();
        ByteBuf late = Unpooled.copiedBuffer(messages().readyForQuery('I').toBytes());
        arrived.add(late);

        wire.channelRead(channel.pipeline().firstContext(), late);

        assertThat(late.refCnt()).isZero();
        assertThat(events).containsExactly("end");
    }

    @Test
    void anExchangeThatThrowsWhenItFailsDoesNotHideTheEndFromTheOthers() {
        submit(exchange("a").onFailure(() -> {
            throw new IllegalStateException("on purpose");
        }));
        submit(exchange("b").onFailure(() -> {
            throw new IllegalStateException("on purpose");
        }));
        submit(exchange("c"));

        try {
            wire.close();
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("on purpose");
        }
        channel.runPendingTasks();

        assertThat(events)
                .containsExactly(
                        "a written", "a failed, written", "b failed, not written", "c failed, not written", "end");
    }

    // ---- re-entrancy

    @Test
    void aRequestThatIsSubmittedFromWithinTheEndOfAnotherIsWrittenInTheSameTurn() {
        submit(exchange("a").onReady(() -> wire.submit(exchange("b"))));

        receive(messages().readyForQuery('I'));

        assertThat(events).containsExactly("a written", "a ReadyForQuery", "a ready", "b written");
        assertThat(network.writes).isEqualTo(2);
    }

    @Test
    void aRequestThatIsSubmittedFromWithinARowWaitsItsTurn() {
        AtomicInteger rows = new AtomicInteger();
        submit(exchange("a").onEachMessage(() -> {
            if (rows.getAndIncrement() == 0) {
                wire.submit(exchange("b"));
            }
        }));

        receive(messages().dataRow("1").dataRow("2").readyForQuery('I'));

        assertThat(events)
                .containsExactly("a written", "a DataRow", "a DataRow", "a ReadyForQuery", "a ready", "b written");
    }

    @Test
    void closeFromWithinARowTakesEffectBehindTheRow() {
        AtomicReference<Integer> references = new AtomicReference<>();
        submit(exchange("a").onEachMessage(() -> {
            wire.close();
            references.set(arrived.get(0).refCnt());
        }));
        submit(exchange("b"));

        receive(messages().dataRow("1").dataRow("2"));

        assertThat(references).as("the row that is being read is not released").hasValue(1);
        assertThat(events)
                .containsExactly("a written", "a DataRow", "a failed, written", "b failed, not written", "end");
    }

    @Test
    void closeFromWithinTheLastMessageLeavesTheRequestItsResult() {
        submit(exchange("a").onReady(wire::close));
        submit(exchange("b"));

        receive(messages().readyForQuery('I'));

        assertThat(events).containsExactly("a written", "a ReadyForQuery", "a ready", "b failed, not written", "end");
    }

    @Test
    void aRequestThatIsSubmittedFromWithinTheEndOfTheConnectionFailsAtOnce() {
        submit(exchange("a").onFailure(() -> wire.submit(exchange("b"))));

        wire.close();
        channel.runPendingTasks();

        assertThat(events).containsExactly("a written", "a failed, written", "b failed, not written", "end");
    }

    @Test
    void aMillionRequestsEachFromWithinTheEndOfTheOneBeforeDoNotOverflowTheStack() {
        int requests = 1_000_000;
        List<String> unheard = new ArrayList<>() {
            @Override
            public boolean add(String event) {
                return true;
            }
        };
        byte[] answer = messages().dataRow("1").readyForQuery('I').toBytes();
        EmbeddedChannel echo = new EmbeddedChannel(new ChannelDuplexHandler() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                ((ByteBuf) message).release();
                context.executor().execute(() -> context.fireChannelRead(Unpooled.wrappedBuffer(answer)));
            }

            /** Goes no further: the embedded channel would run the tasks of the loop from within its flush. */
            @Override
            public void flush(ChannelHandlerContext context) {}
        });
        echo.config().setAllocator(new UnpooledByteBufAllocator(false, true));
        Wire echoed = new Wire(echo, MessageLimits.DEFAULT, new Listener());
        echo.pipeline().addLast(echoed);
        AtomicInteger completed = new AtomicInteger();
        ScriptedExchange repeated = new ScriptedExchange("a", unheard);
        repeated.onReady(() -> {
            if (completed.incrementAndGet() < requests) {
                echoed.submit(repeated);
            }
        });

        echoed.submit(repeated);
        echo.runPendingTasks();

        assertThat(completed).hasValue(requests);
        assertThat(echo.isOpen()).isTrue();
        echo.finishAndReleaseAll();
    }
}
