package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class FeedTest {

    private static final byte[] NO_DATA = Wire.message('n');
    private static final byte[] STREAM = Wire.join(NO_DATA, Wire.readyForQuery('I'));

    private static Feed feed(BiFunction<BackendReader, FrontendWriter, Signal> onMessage) {
        return new Feed(new BackendState() {
            @Override
            public Signal onMessage(BackendReader in, FrontendWriter out) {
                return onMessage.apply(in, out);
            }

            @Override
            public TransactionStatus transactionStatus() {
                return TransactionStatus.IDLE;
            }
        });
    }

    private static Feed consuming() {
        return feed((in, out) -> consume(in));
    }

    private static Signal consume(BackendReader in) {
        Signal signal = in.type() == BackendMessage.READY_FOR_QUERY ? Signal.DONE : Signal.CONTINUE;
        in.skipBody();
        in.finish();
        return signal;
    }

    @Test
    void playsAStreamEveryWay() {
        AtomicInteger played = new AtomicInteger();
        Feed.everyWay(STREAM, FeedTest::consuming, feed -> {
            assertThat(feed.signals()).containsExactly(Signal.CONTINUE, Signal.DONE);
            played.incrementAndGet();
        });
        assertThat(played).hasValueGreaterThan(4);
    }

    @Test
    void keepsAnIncompleteMessage() {
        Feed feed = consuming().play(new byte[] {'Z', 0, 0});
        assertThat(feed.signals()).isEmpty();
        assertThat(feed.play(new byte[] {0, 5, 'I'}).isDone()).isTrue();
    }

    @Test
    void leavesWhatFollowsDone() {
        Feed feed = consuming().play(Wire.join(STREAM, NO_DATA));
        assertThat(feed.goOn().unread()).isEqualTo(NO_DATA);
    }

    @Test
    void keepsNoticesFromTheState() {
        Feed feed = consuming().play(Wire.join(Wire.noticeResponse("Mhello"), Wire.parameterStatus("a", "b"), STREAM));
        assertThat(feed.asynchronous()).containsExactly("NoticeResponse", "ParameterStatus");
        assertThat(feed.signals()).containsExactly(Signal.CONTINUE, Signal.DONE);
    }

    @Test
    void offersAMessageAgainBehindPause() {
        AtomicInteger demand = new AtomicInteger();
        BiFunction<BackendReader, FrontendWriter, Signal> pausing =
                (in, out) -> demand.getAndDecrement() > 0 ? consume(in) : Signal.PAUSE;

        Feed stopping = feed(pausing).play(STREAM);
        assertThat(stopping.signals()).containsExactly(Signal.PAUSE);
        demand.set(2);
        assertThat(stopping.goOn().signals()).containsExactly(Signal.PAUSE, Signal.CONTINUE, Signal.DONE);

        demand.set(0);
        Feed demanding = feed(pausing).onPause(() -> demand.set(1)).play(STREAM);
        assertThat(demanding.signals()).containsExactly(Signal.PAUSE, Signal.CONTINUE, Signal.PAUSE, Signal.DONE);
    }

    @Test
    void catchesAStateThatDoesNotFinishAMessage() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> feed((in, out) -> Signal.CONTINUE).play(STREAM))
                .withMessageContaining("end of the message");
    }

    @Test
    void catchesAPauseWithEffects() {
        Feed reading = feed((in, out) -> {
            consume(in);
            return Signal.PAUSE;
        });
        assertThatThrownBy(() -> reading.play(STREAM)).hasMessageContaining("bytes read at PAUSE");
        Feed writing = feed((in, out) -> {
            out.flush();
            return Signal.PAUSE;
        });
        assertThatThrownBy(() -> writing.play(STREAM)).hasMessageContaining("bytes written at PAUSE");
    }
}
