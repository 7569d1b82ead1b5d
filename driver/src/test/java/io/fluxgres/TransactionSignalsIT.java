package io.fluxgres;

import static io.fluxgres.Books.assertIdle;
import static io.fluxgres.Books.complete;
import static io.fluxgres.Books.insert;
import static io.fluxgres.Connections.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** A transaction between the publisher of its function and its subscriber: what either of them may signal, and when. */
@Timeout(60)
class TransactionSignalsIT extends BooksFixture {

    private static final String COMMITTING = "select count(*)::text from pg_stat_activity"
            + " where query = 'commit' and state = 'active' and wait_event = 'PgSleep'";

    @BeforeAll
    static void createTables() {
        postgres.execute("""
                create table slow (id int);
                create function sleep() returns trigger language plpgsql
                    as $$ begin perform pg_sleep(0.3); return null; end $$;
                create constraint trigger sleeping after insert on slow deferrable initially deferred
                    for each row execute function sleep()
                """);
    }

    @Test
    void theSubscriberHearsTheEndBehindThatOfTheTransaction() {
        RecordingSubscriber<Long> subscriber = RecordingSubscriber.<Long>requesting(1)
                .inTerminal(self -> assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE))
                .subscribedTo(connection.inTransaction(transaction -> insert(transaction, 1)));

        subscriber.awaitComplete();
        assertThat(BOOKS.committed()).isEqualTo("1");
    }

    @Test
    void theDemandOfTheSubscriberIsThatOfTheFunctionsPublisher() {
        RecordingSubscriber<Integer> subscriber = RecordingSubscriber.<Integer>requesting(2)
                .subscribedTo(connection.inTransaction(
                        transaction -> insert(transaction, 1).thenMany(Flux.range(1, 3))));

        assertThat(subscriber.awaitCount(2).values()).containsExactly(1, 2);
        assertThat(subscriber.isTerminated()).isFalse();
        subscriber.request(1);
        subscriber.awaitComplete();
    }

    @Test
    void theContextOfTheSubscriberIsThatOfTheFunctionsPublisher() {
        RecordingSubscriber<String> subscriber = RecordingSubscriber.<String>requesting(1)
                .subscribedTo(connection
                        .<String>inTransaction(transaction -> insert(transaction, 1)
                                .then(Mono.deferContextual(context -> Mono.just(context.get("user")))))
                        .contextWrite(context -> context.put("user", "somebody")));

        assertThat(subscriber.awaitComplete().values()).containsExactly("somebody");
    }

    @Test
    void aCancelInFrontOfTheCommitRollsBack() {
        RecordingSubscriber<Long> subscriber = RecordingSubscriber.requesting(1);
        subscriber.subscribedTo(connection.inTransaction(
                transaction -> Flux.from(insert(transaction, 1)).doAfterTerminate(subscriber::cancel)));
        subscriber.awaitCount(1);

        assertIdle(connection);
        complete(connection.inTransaction(transaction -> insert(transaction, 2)));

        assertThat(BOOKS.committed()).isEqualTo("2");
        assertThat(subscriber.isTerminated()).isFalse();
    }

    @Test
    void aCancelDuringTheCommitLeavesItToTheServer() {
        RecordingSubscriber<Object> subscriber = RecordingSubscriber.requesting(1)
                .subscribedTo(connection.inTransaction(transaction -> transaction
                        .query("insert into slow values (1)")
                        .rowsUpdated()
                        .thenMany(Flux.empty())));
        await("commit", () -> "1".equals(postgres.queryForString(COMMITTING)));

        subscriber.cancel();

        assertIdle(connection);
        complete(connection.inTransaction(transaction -> insert(transaction, 2)));

        assertThat(postgres.queryForString("select count(*)::text from slow")).isEqualTo("1");
        assertThat(BOOKS.committed()).isEqualTo("2");
        assertThat(subscriber.isTerminated()).isFalse();
    }

    @Test
    void aPublisherThatThrowsWhenItIsSubscribedToIsRolledBack() {
        Publisher<Long> broken = subscriber -> {
            throw new IllegalStateException("no publisher");
        };

        assertThatThrownBy(() -> complete(connection.inTransaction(transaction -> broken)))
                .hasMessage("no publisher");
        assertIdle(connection);
    }

    @Test
    void aPublisherThatEndsTwiceIsCommittedOnce() {
        IllegalStateException second = new IllegalStateException("behind the end");
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Consumer<Throwable> hook = dropped::add;
        Publisher<Integer> broken = subscriber -> {
            subscriber.onSubscribe(Operators.emptySubscription());
            subscriber.onComplete();
            subscriber.onComplete();
            subscriber.onError(second);
        };

        complete(connection
                .inTransaction(transaction -> broken)
                .contextWrite(context -> context.put("reactor.onErrorDropped.local", hook)));

        assertThat(dropped).containsExactly(second);
        assertIdle(connection);
    }
}
