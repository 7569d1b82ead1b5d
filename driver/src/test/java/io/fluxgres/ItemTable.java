package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fluxgres.testkit.PostgresExtension;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.publisher.Mono;

/**
 * A table that batches are written to, empty for each test, and the connection that does it, of which each test demands that
 * it is idle and answers in the end.
 */
final class ItemTable implements BeforeEachCallback, AfterEachCallback {

    static final String INSERT = "insert into item values ($1, $2)";

    private final PostgresExtension postgres;
    private @Nullable PgConnection connection;

    ItemTable(PostgresExtension postgres) {
        this.postgres = postgres;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        postgres.execute("drop table if exists item cascade; create table item (n int primary key, t text)");
        connection = Connections.open(postgres);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Books.assertIdle(connection());
        Connections.close(connection());
    }

    PgConnection connection() {
        return Objects.requireNonNull(connection);
    }

    static List<Object[]> rows(int count) {
        return rows(0, count);
    }

    static List<Object[]> rows(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(n -> new Object[] {n, "t" + n})
                .toList();
    }

    PgBatch inserts(Iterable<Object[]> rows) {
        return connection().query(INSERT).bindAll(rows);
    }

    /** Inserts so many rows. */
    void insert(int count) {
        inserts(rows(count)).rowsUpdated().block(Connections.TIMEOUT);
    }

    /** Returns how many rows the connection sees. */
    Mono<Long> count() {
        return connection()
                .query("select count(*) from item")
                .map(row -> row.getLong(0))
                .single();
    }

    /** Returns how many rows are committed. */
    int stored() {
        return Integer.parseInt(Objects.requireNonNull(postgres.queryForString("select count(*) from item")));
    }

    static PgBatchException failure(Mono<?> batch) {
        PgBatchException failure = catchThrowableOfType(PgBatchException.class, () -> batch.block(Connections.TIMEOUT));
        assertThat(failure).isNotNull();
        return failure;
    }
}
