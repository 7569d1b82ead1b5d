package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.internal.protocol.ResultSink.Demand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a stream arrives changes nothing of what it means. */
class SegmentationTest {

    static Stream<Sample> samples() {
        return Sample.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void eachWayToArriveHasTheSameOutcome(Sample sample) {
        List<String> expected = sample.request().get().play(sample.stream()).outcome();
        assertThat(expected)
                .contains("owed 0, status "
                        + sample.request().get().play(sample.stream()).state().transactionStatus());

        List<Conversation> last = new ArrayList<>();
        Feed.everyWay(
                sample.stream(),
                () -> {
                    last.clear();
                    last.add(sample.request().get());
                    return last.get(0).feed();
                },
                feed -> {
                    assertThat(feed.isDone()).isTrue();
                    assertThat(last.get(0).outcome()).isEqualTo(expected);
                    assertThat(last.get(0).usedMemory()).isZero();
                });
    }

    @ParameterizedTest
    @MethodSource("samples")
    void noticesNotificationsAndParametersBetweenAllMessagesChangeNothing(Sample sample) {
        List<String> expected = sample.request().get().play(sample.stream()).outcome();
        byte[] between = Wire.join(
                Wire.noticeResponse("SNOTICE", "C00000", "Mnotice"),
                Wire.parameterStatus("TimeZone", "UTC"),
                Answers.notificationResponse(1, "orders", "7"));

        Conversation interleaved = sample.request().get();
        sample.messages().forEach(message -> interleaved.play(between, message));

        assertThat(interleaved.outcome()).isEqualTo(expected);
        assertThat(interleaved.feed().asynchronous())
                .hasSize(3 * sample.messages().size())
                .startsWith("NoticeResponse", "ParameterStatus", "NotificationResponse");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aPauseInFrontOfEachRowChangesNoEvent(Sample sample) {
        List<String> expected = sample.request().get().play(sample.stream()).events();

        Conversation pausing = sample.request().get();
        pausing.sink().demand(Demand.NONE);
        pausing.feed().onPause(() -> pausing.sink().demand(Demand.ROW, Demand.NONE));
        pausing.play(sample.stream());

        assertThat(pausing.feed().isDone()).isTrue();
        assertThat(pausing.events()).isEqualTo(expected);
        long rows = expected.stream().filter(event -> event.startsWith("row ")).count();
        assertThat(Collections.frequency(pausing.feed().signals(), Signal.PAUSE))
                .isEqualTo(rows);
    }
}
