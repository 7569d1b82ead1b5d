package io.fluxgres;

import static io.fluxgres.Books.complete;
import static io.fluxgres.Books.insert;
import static io.fluxgres.Books.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IsolationIT extends BooksFixture {

    private static final PgTransactionOptions ASKED =
            PgTransactionOptions.defaults().withIsolationAsked();

    private String shown() {
        return text(connection, "select current_setting('transaction_isolation')")
                .block(Connections.TIMEOUT);
    }

    private void setDefault(String level) {
        complete(connection
                .query("set default_transaction_isolation = '" + level + "'")
                .rowsUpdated());
    }

    @Test
    void whatTheServerChoosesIsToldIfItIsAsked() {
        setDefault("serializable");
        complete(connection.begin());
        assertThat(connection.isolation()).isEqualTo(PgIsolation.READ_COMMITTED);
        complete(connection.rollback());

        complete(connection.begin(ASKED));
        assertThat(connection.isolation()).isEqualTo(PgIsolation.SERIALIZABLE);
        complete(connection.rollback());
        assertThat(connection.isolation()).isEqualTo(PgIsolation.SERIALIZABLE);
    }

    @Test
    void theQuestionRidesWithTheQueryThatBegins() {
        setDefault("repeatable read");
        // a text that was never executed with a string is guarded by a savepoint, which goes behind the question
        complete(connection.query("select $1::text").bind("a").beginning(ASKED).rowsUpdated());
        assertThat(connection.isolation()).isEqualTo(PgIsolation.REPEATABLE_READ);
        complete(connection.rollback());

        setDefault("serializable");
        complete(connection.batch("select 1", "select 2").beginning(ASKED).rowsUpdated());
        assertThat(connection.isolation()).isEqualTo(PgIsolation.SERIALIZABLE);
    }

    @Test
    void theOptionsOfInTransactionTellItToo() {
        AtomicReference<PgIsolation> told = new AtomicReference<>();
        complete(connection.inTransaction(
                PgTransactionOptions.defaults().withIsolation(PgIsolation.REPEATABLE_READ),
                transaction -> insert(transaction, 1).doOnSuccess(count -> told.set(transaction.isolation()))));

        assertThat(told).hasValue(PgIsolation.REPEATABLE_READ);
        assertThat(connection.isolation()).isEqualTo(PgIsolation.READ_COMMITTED);
    }

    @Test
    void itCanBeSetByTheFirstStatementOfInTransaction() {
        AtomicReference<PgIsolation> told = new AtomicReference<>();
        String shown = connection
                .inTransaction(transaction -> transaction
                        .setIsolation(PgIsolation.SERIALIZABLE)
                        .doOnSuccess(nothing -> told.set(transaction.isolation()))
                        .thenMany(
                                transaction.query("show transaction_isolation").map(row -> row.getString(0))))
                .blockLast(Connections.TIMEOUT);

        assertThat(shown).isEqualTo("serializable");
        assertThat(told).hasValue(PgIsolation.SERIALIZABLE);
        assertThat(shown()).isEqualTo("read committed");
    }

    @Test
    void setOutsideATransactionItIsThatOfEachStatementUntilItIsReset() {
        complete(connection.setIsolation(PgIsolation.SERIALIZABLE));
        assertThat(shown()).isEqualTo("serializable");
        assertThat(connection.isolation()).isEqualTo(PgIsolation.SERIALIZABLE);

        complete(connection.setIsolation(null));
        assertThat(shown()).isEqualTo("read committed");
        assertThat(connection.isolation()).isEqualTo(PgIsolation.READ_COMMITTED);
    }

    @Test
    void theDefaultCannotBeResetInsideATransaction() {
        complete(connection.begin());

        assertThatThrownBy(() -> complete(connection.setIsolation(null))).isInstanceOf(PgUsageException.class);
        assertThat(connection.transactionStatus()).isEqualTo(PgTransactionStatus.IN_TRANSACTION);
    }
}
