package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;

import io.fluxgres.testkit.PostgresExtension;
import io.fluxgres.testkit.ReactiveStreamsRules;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;

/** The rules of Reactive Streams, by their own TCK, for each kind of publisher that the driver hands out. */
class ReactiveStreamsIT {

    private static final String ROWS = "select generate_series(1::bigint, $1)";
    private static final String FAILING = "select 1 / 0";
    private static final int SIGNAL_MILLIS = 2_000;
    private static final int NO_SIGNAL_MILLIS = 20;
    private static final int COLLECTED_MILLIS = 300;

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgClient client;
    private PgConnection connection;

    private final ReactiveStreamsRules rules = new ReactiveStreamsRules(this::open, this::close);

    private void open() {
        client = PgClient.create(PgOptions.parse(postgres.url()));
        connection = Objects.requireNonNull(client.connect().block(TIMEOUT));
    }

    private void close() {
        client.close(Duration.ZERO).block(TIMEOUT);
    }

    @TestFactory
    Stream<DynamicNode> rowsOfAQuery() {
        return Stream.of(many(
                "map", n -> rows(n).map(row -> row.getLong(0)), () -> failing().map(row -> row.getLong(0))));
    }

    private DynamicNode many(
            String name, LongFunction<? extends Publisher<?>> publisher, Supplier<? extends Publisher<?>> failed) {
        return rules(name, Integer.MAX_VALUE, 28, publisher, failed);
    }

    private DynamicNode rules(
            String name,
            long maximum,
            int verified,
            LongFunction<? extends Publisher<?>> publisher,
            Supplier<? extends Publisher<?>> failed) {
        return rules.of(
                name, verified, () -> new PublisherVerification<Object>(new PatientEnvironment(), COLLECTED_MILLIS) {
                    @Override
                    public Publisher<Object> createPublisher(long elements) {
                        return ofObjects(publisher.apply(elements));
                    }

                    @Override
                    public Publisher<Object> createFailedPublisher() {
                        return ofObjects(failed.get());
                    }

                    @Override
                    public long maxElementsFromPublisher() {
                        return maximum;
                    }
                });
    }

    @SuppressWarnings("unchecked") // a publisher only gives values
    private static Publisher<Object> ofObjects(Publisher<?> publisher) {
        return (Publisher<Object>) publisher;
    }

    private PgQuery rows(long count) {
        return connection.query(ROWS).bind(count);
    }

    private PgQuery failing() {
        return connection.query(FAILING);
    }

    /** Waits long for what must come, but not as long to see that no error comes. */
    private static final class PatientEnvironment extends TestEnvironment {

        PatientEnvironment() {
            super(SIGNAL_MILLIS, NO_SIGNAL_MILLIS);
        }

        @Override
        public void verifyNoAsyncErrors() {
            verifyNoAsyncErrors(NO_SIGNAL_MILLIS);
        }
    }
}
