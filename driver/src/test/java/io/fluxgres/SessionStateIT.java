package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.await;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.run;
import static io.fluxgres.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.PostgresExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a connection tells of its session: notices, server parameters, the transaction status. */
@Timeout(60)
class SessionStateIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgConnection connection;

    @BeforeEach
    void open() {
        connection = Connections.open(postgres);
    }

    @AfterEach
    void close() {
        Connections.close(connection);
    }

    // ---- notices

    @Test
    void noticesReachEverySubscriberFromItsSubscriptionOn() {
        run(connection, "do $$ begin raise notice 'before'; end $$");
        List<PgNotice> first = new CopyOnWriteArrayList<>();
        List<PgNotice> second = new CopyOnWriteArrayList<>();
        connection.notices().subscribe(first::add);
        Disposable subscription = connection.notices().subscribe(second::add);

        run(connection, "do $$ begin raise notice 'one' using hint = 'h'; raise warning 'two'; end $$");
        subscription.dispose();
        run(connection, "do $$ begin raise info 'three'; end $$");

        assertThat(first)
                .extracting(notice ->
                        notice.fields().severity() + " " + notice.fields().message())
                .containsExactly("NOTICE one", "WARNING two", "INFO three");
        assertThat(first.get(0).fields().hint()).isEqualTo("h");
        assertThat(second).extracting(notice -> notice.fields().message()).containsExactly("one", "two");
    }

    @Test
    void noticesArriveAmongRowsAndBeforeTheCompletion() {
        run(
                connection,
                "create function noisy(n int) returns int language plpgsql as"
                        + " $$ begin raise notice 'row %', n; return n; end $$");
        List<String> events = new ArrayList<>();
        connection.notices().subscribe(notice -> events.add(notice.fields().message()));

        connection
                .query("select noisy(n) from generate_series(1, 3) n")
                .map(row -> events.add("value " + row.getInt(0)))
                .blockLast(TIMEOUT);

        assertThat(events)
                .containsExactlyInAnyOrder("row 1", "row 2", "row 3", "value 1", "value 2", "value 3")
                .containsSubsequence("row 1", "value 1", "value 2", "value 3");
    }

    @Test
    void aSubscriberOfNoticesWithoutDemandMissesThemAndHoldsNothingUp() {
        StepVerifier.create(connection.notices(), 0)
                .expectSubscription()
                .then(() -> run(connection, "do $$ begin raise notice 'missed'; end $$"))
                .thenRequest(1)
                .then(() -> run(connection, "do $$ begin raise notice 'seen'; end $$"))
                .expectNextMatches(notice -> notice.fields().message().equals("seen"))
                .thenCancel()
                .verify(TIMEOUT);
    }

    @Test
    void noticesCompleteWithTheConnectionAlsoForLateSubscribers() {
        StepVerifier.create(connection.notices())
                .expectSubscription()
                .then(() -> Connections.close(connection))
                .expectComplete()
                .verify(TIMEOUT);
        StepVerifier.create(connection.notices()).expectComplete().verify(TIMEOUT);
    }

    // ---- server parameters

    @Test
    void serverParametersAreThoseOfTheServerAndFollowSet() {
        assertThat(connection.serverParameters())
                .containsEntry("client_encoding", "UTF8")
                .containsEntry("application_name", "fluxgres")
                .containsKey("server_version");

        run(connection, "set application_name to 'renamed'");
        assertThat(connection.serverParameters()).containsEntry("application_name", "renamed");

        run(connection, "begin; set local application_name to 'local'");
        assertThat(connection.serverParameters()).containsEntry("application_name", "local");
        run(connection, "rollback");
        assertThat(connection.serverParameters()).containsEntry("application_name", "renamed");

        assertThatThrownBy(() -> connection.serverParameters().put("a", "b"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set client_encoding to 'LATIN1'",
                "select set_config('client_encoding', 'LATIN1', false)",
                "select 1; set client_encoding to 'LATIN1'; select 'ä'"
            })
    void anotherClientEncodingClosesTheConnectionAndSaysSo(String sql) {
        Mono<Long> queued = connection.query("select 1").rowsUpdated();
        PgException error = failure(PgException.class, connection.query(sql).rowsUpdated());

        assertThat(error).hasMessageContaining("client_encoding was changed to LATIN1");
        assertThat(error.safeToRetry()).as("the outcome is unknown").isFalse();
        await("the end of the connection", () -> !connection.isHealthy());
        PgException later = failure(PgException.class, queued);
        assertThat(later).hasMessageContaining("client_encoding was changed to LATIN1");
        assertThat(later.safeToRetry()).isTrue();
        assertThat(failure(PgException.class, queued))
                .as("each failure is an exception of its own")
                .isNotSameAs(later);
    }

    // ---- transaction status

    @Test
    void theTransactionStatusIsThatOfTheLatestReadyForQuery() {
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);

        run(connection, "begin");
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);

        failure(PgServerException.class, connection.query("select 1 / 0").rows());
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);

        run(connection, "rollback and chain");
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);

        run(connection, "commit");
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IDLE);
    }

    @Test
    void theTransactionStatusIsKnownWhenTheQueryCompletes() {
        Mono<PgTransactionStatus> begun =
                connection.query("begin").rowsUpdated().map(count -> connection.transactionStatus());
        Mono<PgTransactionStatus> failed = connection
                .query("select 1 / 0")
                .rowsUpdated()
                .map(count -> connection.transactionStatus())
                .onErrorResume(error -> Mono.just(connection.transactionStatus()));

        assertThat(begun.block(TIMEOUT)).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        assertThat(failed.block(TIMEOUT)).isEqualTo(PgTransactionStatus.FAILED);
    }

    @Test
    void theProcessIdIsThatOfTheBackend() {
        assertThat(text(connection, "select pg_backend_pid()::text"))
                .isEqualTo(Integer.toString(connection.processId()));
        assertAnswers(connection);
    }
}
