package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.DelayProxy;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a client promises holds where an answer comes 60 ms later too. */
class SlowNetworkIT extends ControlBoundFixture {

    private static final Duration ONE_WAY = Duration.ofMillis(30);
    /** Of what is not answered, and far more than what is answered takes. */
    private static final Duration BOUND = Duration.ofSeconds(2);

    private static final String SET = "select set_config('app.tenant', 'left', false)";
    private static final String TENANT = "select coalesce(nullif(current_setting('app.tenant', true), ''), 'nobody')";

    private DelayProxy far;
    private PgClient client;

    @BeforeEach
    void connect() {
        far = DelayProxy.start("127.0.0.1", line.port(), ONE_WAY);
        client = PgClient.create(options()
                .with(PgOption.PORT, far.port())
                .with(PgOption.SHARED_CONNECTIONS, 1)
                .with(PgOption.POOL_SIZE, 1)
                .with(PgOption.CONTROL_TIMEOUT, BOUND));
    }

    @AfterEach
    void disconnect() {
        client.close().block(TIMEOUT);
        far.close();
    }

    private static Mono<String> value(PgQuery query) {
        return query.map(row -> Objects.requireNonNull(row.getString(0))).single();
    }

    @Test
    void whatAnExclusiveStatementLeavesNeitherTheNextOneNorATransactionFinds() {
        for (int i = 0; i < 3; i++) {
            assertThat(value(client.query(SET).exclusive()).block(TIMEOUT)).isEqualTo("left");
            assertThat(value(client.query(TENANT).exclusive()).block(TIMEOUT)).isEqualTo("nobody");
            assertThat(value(client.query(SET).exclusive()).block(TIMEOUT)).isEqualTo("left");
            assertThat(client.inTransaction(transaction -> value(transaction.query(TENANT)))
                            .blockLast(TIMEOUT))
                    .isEqualTo("nobody");
        }
    }

    @Test
    void whatAStatementLeavesOnASharedConnectionNobodyFindsWhoComesBehindItsAnswer() {
        for (int i = 0; i < 3; i++) {
            Flux<String> behind =
                    value(client.query(SET)).thenMany(Flux.range(0, 8).flatMap(n -> value(client.query(TENANT))));
            Flux<String> others = Flux.range(0, 8).flatMap(n -> value(client.query("select 'other'")));

            assertThat(list(Flux.merge(others, behind))).hasSize(16).containsOnly("other", "nobody");
        }
    }

    @Test
    void aCommitThatIsNotAnsweredEndsWithAnUnknownOutcomeAndFreesItsPlace() {
        client.inTransaction(ControlBoundFixture::insert).blockLast(TIMEOUT);
        line.fallSilentAt("commit");

        PgTimeoutException late = failure(PgTimeoutException.class, client.inTransaction(ControlBoundFixture::insert));

        assertThat(line.silenced()).isOne();
        assertThat(late.safeToRetry()).isFalse();
        assertThat(late).hasMessageContaining("COMMIT").hasMessageContaining("outcome is unknown");
        assertThatItsPlaceIsFree();
    }

    @Test
    void aRollbackThatIsNotAnsweredTellsTheErrorOfTheFunctionAndFreesItsPlace() {
        IllegalStateException own = new IllegalStateException("of the function");
        client.inTransaction(ControlBoundFixture::insert).blockLast(TIMEOUT);
        line.fallSilentAt("rollback");

        IllegalStateException told = failure(
                IllegalStateException.class,
                client.inTransaction(transaction -> insert(transaction).then(Mono.error(own))));

        assertThat(told).isSameAs(own);
        assertThat(told.getSuppressed()).hasAtLeastOneElementOfType(PgTimeoutException.class);
        assertThat(line.silenced()).isOne();
        assertThatItsPlaceIsFree();
    }

    @Test
    void aCommitWhoseUserHasGoneFreesItsPlaceToo() {
        client.inTransaction(ControlBoundFixture::insert).blockLast(TIMEOUT);
        line.fallSilentAt("commit");

        client.inTransaction(ControlBoundFixture::insert)
                .takeUntilOther(silence(1))
                .blockLast(TIMEOUT);

        await("the line to be silent", () -> line.silenced() == 1);
        assertThatItsPlaceIsFree();
    }

    private void assertThatItsPlaceIsFree() {
        line.listenAgain();
        assertThat(client.inTransaction(ControlBoundFixture::insert).blockLast(TIMEOUT))
                .isOne();
    }

    @Test
    void theIsolationThatIsToldIsThatOfTheServer() {
        for (int i = 0; i < 3; i++) {
            assertThat(client.inTransaction(
                                    PgTransactionOptions.defaults().withIsolation(PgIsolation.SERIALIZABLE),
                                    transaction -> value(transaction.query(
                                                    "select current_setting('transaction_isolation')"))
                                            .map(shown -> shown + ", " + transaction.isolation()))
                            .blockLast(TIMEOUT))
                    .isEqualTo("serializable, SERIALIZABLE");
        }
    }
}
