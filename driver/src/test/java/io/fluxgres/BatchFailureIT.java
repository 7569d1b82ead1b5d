package io.fluxgres;

import static io.fluxgres.ItemTable.INSERT;
import static io.fluxgres.ItemTable.failure;
import static io.fluxgres.ItemTable.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fluxgres.PgBatchOutcome.Status;
import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** Atomic batches of which something fails: all of it is undone, and the item is named. */
@Timeout(60)
class BatchFailureIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final ItemTable items = new ItemTable(POSTGRES);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 500, 999, 15_000, 29_999})
    void anItemThatFailsUndoesAllAndIsNamed(int failing) {
        POSTGRES.execute("insert into item values (%d, 'there')".formatted(failing));

        PgBatchException failure =
                failure(items.inserts(rows(failing < 1000 ? 1000 : 30_000)).rowsUpdated());

        assertThat(failure.index()).isEqualTo(failing);
        assertThat(failure.sqlState()).isEqualTo("23505");
        assertThat(failure.errorFields().constraint()).isEqualTo("item_pkey");
        assertThat(failure.fault()).isEqualTo(PgException.Fault.CALLER);
        assertThat(failure).hasMessageStartingWith("item " + failing + " of the batch failed: ERROR 23505");
        assertThat(items.stored()).isEqualTo(1);
    }

    @Test
    void outcomesTellWhatWasUndoneFailedAndAborted() {
        List<PgBatchOutcome> outcomes = items.connection()
                .query("insert into item values (8 / $1, 'x')")
                .bindAll(List.of(new Object[] {1}, new Object[] {2}, new Object[] {0}, new Object[] {4}))
                .outcomes()
                .collectList()
                .block(DEADLINE);

        assertThat(outcomes)
                .extracting(PgBatchOutcome::status)
                .containsExactly(Status.UNDONE, Status.UNDONE, Status.FAILED, Status.ABORTED);
        assertThat(outcomes).extracting(PgBatchOutcome::index).containsExactly(0L, 1L, 2L, 3L);
        assertThat(outcomes).extracting(PgBatchOutcome::rowsUpdated).containsOnly(0L);
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome.failure())
                        .isInstanceOfSatisfying(PgBatchException.class, failure -> {
                            assertThat(failure.index()).isEqualTo(2);
                            assertThat(failure.sqlState()).isEqualTo("22012");
                        }));
        assertThat(items.stored()).isZero();
    }

    @Test
    void noCountIsSignalledIfAnItemFails() {
        StepVerifier.create(items.inserts(List.of(new Object[] {1, "a"}, new Object[] {1, "b"}))
                        .counts())
                .expectErrorSatisfies(failure ->
                        assertThat(((PgBatchException) failure).index()).isEqualTo(1))
                .verify(DEADLINE);
    }

    @Test
    void aFailureAtTheCommitIsNoItems() {
        POSTGRES.execute("drop table if exists child; create table child (n int references item"
                + " deferrable initially deferred)");

        PgBatchException failure = failure(items.connection()
                .query("insert into child values ($1)")
                .bindAll(List.of(new Object[] {1}, new Object[] {2}))
                .rowsUpdated());

        assertThat(failure.index()).isEqualTo(PgBatchException.COMMIT);
        assertThat(failure.sqlState()).isEqualTo("23503");
        assertThat(items.connection()
                        .query("insert into child values ($1)")
                        .bindAll(List.of(new Object[] {1}, new Object[] {2}))
                        .outcomes()
                        .map(PgBatchOutcome::status)
                        .collectList()
                        .block(DEADLINE))
                .containsExactly(Status.UNDONE, Status.UNDONE);
        POSTGRES.execute("drop table child");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 40_000})
    void anItemThatCannotBeEncodedUndoesAllAndIsNamed(int failing) {
        Iterable<Object[]> rows = () -> IntStream.range(0, 50_000)
                .mapToObj(n -> new Object[] {n, n == failing ? new StringBuilder("\0") : "t"})
                .iterator();

        PgBatchException failure = failure(items.inserts(rows).rowsUpdated());

        assertThat(failure.index()).isEqualTo(failing);
        assertThat(failure.fault()).isEqualTo(PgException.Fault.CALLER);
        assertThat(items.stored()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 40_000})
    void anIteratorThatThrowsUndoesAll(int failing) {
        IllegalStateException thrown = new IllegalStateException("a reason of the user's");
        Iterable<Object[]> rows = () -> IntStream.range(0, 50_000)
                .mapToObj(n -> {
                    if (n == failing) {
                        throw thrown;
                    }
                    return new Object[] {n, "t"};
                })
                .iterator();

        PgBatchException failure = failure(items.inserts(rows).rowsUpdated());

        assertThat(failure.index()).isEqualTo(failing);
        assertThat(failure).hasRootCause(thrown);
        assertThat(items.stored()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 40_000})
    void anIteratorThatClosesTheConnectionLeavesNothing(int closing) {
        PgConnection other = Connections.open(POSTGRES);
        Iterable<Object[]> rows = () -> IntStream.range(0, 50_000)
                .mapToObj(n -> {
                    if (n == closing) {
                        other.close().subscribe();
                    }
                    return new Object[] {n, "t"};
                })
                .iterator();

        assertThatExceptionOfType(PgConnectionException.class)
                .isThrownBy(
                        () -> other.query(INSERT).bindAll(rows).rowsUpdated().block(DEADLINE));
        assertThat(items.stored()).isZero();
    }

    @Test
    void anIteratorMayQueryTheSameConnectionAsLongAsItDoesNotWait() {
        List<Object[]> rows = rows(3000);
        AtomicLong seen = new AtomicLong(-1);
        Iterable<Object[]> asking = () -> rows.stream()
                .peek(row -> {
                    if (row[0].equals(2000)) {
                        items.count().subscribe(seen::set);
                    }
                })
                .iterator();

        assertThat(items.inserts(asking).rowsUpdated().block(DEADLINE)).isEqualTo(3000L);
        assertThat(items.count().block(DEADLINE)).isEqualTo(3000L);
        assertThat(seen).hasValue(3000L);
    }

    @Test
    void anItemWithAnotherNumberOfValuesIsNamed() {
        PgBatchException failure = failure(
                items.inserts(List.of(new Object[] {1, "a"}, new Object[] {2})).rowsUpdated());

        assertThat(failure.index()).isEqualTo(1);
        assertThat(failure.getCause())
                .isInstanceOf(PgUsageException.class)
                .hasMessage("the statement has 2 parameters, but 1 were bound");
        assertThat(items.stored()).isZero();
    }

    @Test
    void anItemWithTooManyValuesIsNamedAndNothingIsStored() {
        for (int execution = 0; execution < 3; execution++) {
            PgBatchException failure = failure(items.inserts(List.of(new Object[] {1, "a"}, new Object[] {2, "b", 3}))
                    .rowsUpdated());

            assertThat(failure.index()).isEqualTo(1);
            assertThat(failure.getCause())
                    .isInstanceOf(PgUsageException.class)
                    .hasMessage("the statement has 2 parameters, but 3 were bound");
            assertThat(items.stored()).isZero();
        }
    }

    @Test
    void aSyntaxErrorIsTheFirstItems() {
        PgBatchException failure = failure(items.connection()
                .query("insert into nowhere values ($1, $2)")
                .bindAll(rows(10))
                .rowsUpdated());

        assertThat(failure.index()).isZero();
        assertThat(failure.sqlState()).isEqualTo("42P01");
    }

    @Test
    void aStatementThatFailsUndoesThoseInFront() {
        PgBatchException failure = failure(items.connection()
                .batch("insert into item values (1, 'a')", "insert into item values (1, 'b')", "delete from item")
                .rowsUpdated());

        assertThat(failure.index()).isEqualTo(1);
        assertThat(items.stored()).isZero();
    }

    @Test
    void copyIsRefusedBeforeAnythingIsSent() {
        for (String copy : List.of("copy item from stdin", " ; /* a */ COPY item to STDOUT")) {
            PgBatchException failure = failure(items.connection()
                    .batch("insert into item values (1, 'a')", copy)
                    .rowsUpdated());

            assertThat(failure.index()).isEqualTo(1);
            assertThat(failure.getCause()).isInstanceOf(PgUsageException.class);
        }
        assertThat(items.stored()).isZero();
    }

    @Test
    void aFailedBatchAbortsTheTransactionItIsPartOf() {
        items.connection().query("begin").rowsUpdated().block(DEADLINE);
        items.insert(1);
        failure(items.inserts(rows(1)).rowsUpdated());

        assertThat(items.connection().transactionStatus()).isEqualTo(PgTransactionStatus.FAILED);
        items.connection().query("rollback").rowsUpdated().block(DEADLINE);
        assertThat(items.stored()).isZero();
    }

    @Test
    void aBatchOfWhichNothingWasSentLeavesTheTransactionAsItWas() {
        items.connection().query("begin").rowsUpdated().block(DEADLINE);
        failure(items.inserts(List.of(new Object[] {1, "a"}, new Object[] {2, new Object()}))
                .rowsUpdated());

        assertThat(items.connection().transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
        items.connection().query("commit").rowsUpdated().block(DEADLINE);
    }

    @Test
    void aStatementThatWentStaleIsPreparedAgain() {
        PgBatch select = items.connection()
                .query("select * from item where n = $1")
                .bindAll(List.<Object[]>of(new Object[] {1}));
        for (int i = 0; i < 3; i++) {
            select.map(PgRow::columns).collectList().block(DEADLINE);
        }
        POSTGRES.execute("alter table item add column more int; insert into item values (1, 'a', 7)");

        assertThat(select.map(row -> row.getInt("more")).collectList().block(DEADLINE))
                .containsExactly(7);
    }
}
