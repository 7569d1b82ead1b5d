package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fluxgres.testkit.PostgresExtension;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Statements that raise more notices than anybody reads. */
@Timeout(120)
class NoticeFloodIT {

    private static final int MANY = 100_000;
    /** What one notice may cost: the event loop reads eight fields of it. A list that is copied each time costs 200 KB. */
    private static final long BYTES_A_NOTICE = 4096;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @ParameterizedTest
    @EnumSource(
            value = PgQueryMode.class,
            names = {"EXTENDED", "SIMPLE"})
    void aResultKeepsTheFirstNoticesAndCountsTheRestAtLinearCost(PgQueryMode queryMode) throws Exception {
        PgConnection connection = Connections.open(postgres, PgOption.QUERY_MODE, queryMode);
        try {
            long before = allocated(connection);
            PgResult result = list(connection.query(raising(MANY)).execute()).get(0);

            assertThat(allocated(connection) - before).isLessThan(MANY * BYTES_A_NOTICE);
            assertThat(result.noticeCount()).isEqualTo(MANY);
            assertThat(messages(result)).hasSize(1000).startsWith("n 1", "n 2").endsWith("n 1000");
            assertAnswers(connection);
        } finally {
            Connections.close(connection);
        }
    }

    @Test
    void noticesOfLargeTextAreKeptUpToABoundOfCharacters() {
        PgConnection connection = Connections.open(postgres);
        try {
            PgResult result = list(connection
                            .query(
                                    "do $$ begin for i in 1..100 loop raise notice '%', repeat('x', 10000); end loop; end $$")
                            .execute())
                    .get(0);

            assertThat(result.noticeCount()).isEqualTo(100);
            assertThat(result.notices()).hasSizeBetween(20, 26);
        } finally {
            Connections.close(connection);
        }
    }

    @Test
    void eachResultOfABatchHasItsOwn() {
        PgConnection connection = Connections.open(postgres);
        try {
            List<PgResult> results =
                    list(connection.batch(raising(2), "select 1", raising(1500)).execute());

            assertThat(results).extracting(PgResult::noticeCount).containsExactly(2L, 0L, 1500L);
            assertThat(results).extracting(result -> result.notices().size()).containsExactly(2, 0, 1000);
        } finally {
            Connections.close(connection);
        }
    }

    @Test
    void aSubscriberOfAllNoticesGetsEachAndOneWithoutDemandHoldsNone() throws Exception {
        PgConnection connection = Connections.open(postgres);
        try {
            List<String> seen = new ArrayList<>();
            Disposable subscription = connection
                    .notices()
                    .subscribe(notice -> seen.add(notice.fields().message()));
            Flux<PgNotice> unread = connection.notices();
            unread.subscribe(RecordingSubscriber.requesting(0));

            long before = allocated(connection);
            connection.query(raising(MANY)).rowsUpdated().block(TIMEOUT);

            assertThat(allocated(connection) - before).isLessThan(MANY * BYTES_A_NOTICE);
            assertThat(onLoop(connection, () -> List.copyOf(seen)))
                    .hasSize(MANY)
                    .endsWith("n " + MANY);
            subscription.dispose();
        } finally {
            Connections.close(connection);
        }
    }

    private static String raising(int notices) {
        return "do $$ begin for i in 1.." + notices + " loop raise notice 'n %', i; end loop; end $$";
    }

    private static List<String> messages(PgResult result) {
        return result.notices().stream()
                .map(notice -> notice.fields().message())
                .toList();
    }

    /** Returns how many bytes the event loop has allocated so far. */
    private static long allocated(PgConnection connection) throws Exception {
        return onLoop(connection, ((ThreadMXBean) ManagementFactory.getThreadMXBean())::getCurrentThreadAllocatedBytes);
    }

    private static <T> T onLoop(PgConnection connection, java.util.function.Supplier<T> question) throws Exception {
        return CompletableFuture.supplyAsync(question, connection.eventLoop())
                .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
