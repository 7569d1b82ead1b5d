package io.fluxgres.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgClient;
import io.fluxgres.PgOptions;
import io.fluxgres.testkit.PostgresExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The snippets about the driver's own API do what the documents say. */
class DirectSnippetsIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private PgClient client;

    @BeforeEach
    void createTables() {
        POSTGRES.execute(BookTables.CREATE);
        client = PgClient.create(POSTGRES.url());
    }

    @AfterEach
    void closeClient() {
        client.close().block(DEADLINE);
        POSTGRES.execute(BookTables.DROP);
    }

    @Test
    void aClientIsCreatedWithoutAConnection() {
        PgClient unconnected = DirectSnippets.create();

        unconnected.close().block(DEADLINE);
    }

    @Test
    void theQueryGivesRecords() {
        DirectSnippets.batch(client).block(DEADLINE);

        assertThat(DirectSnippets.query(client)
                        .map(Object::toString)
                        .collectList()
                        .block(DEADLINE))
                .containsExactly("Book[id=2, title=Fiasco, price=9.90]");
    }

    @Test
    void theBatchInsertsAllOrNone() {
        POSTGRES.execute("insert into book values (2, 'Eden', 1)");

        assertThat(DirectSnippets.batch(client).onErrorReturn(-1L).block(DEADLINE))
                .isEqualTo(-1);
        assertThat(titles()).isEqualTo("Eden");

        POSTGRES.execute("delete from book");
        assertThat(DirectSnippets.batch(client).block(DEADLINE)).isEqualTo(2);
        assertThat(titles()).isEqualTo("Solaris Fiasco");
    }

    @Test
    void theStreamGivesAllRows() {
        POSTGRES.execute("insert into book select n, 'Book ' || n, 1 from generate_series(1, 1000) n");

        List<String> titles = DirectSnippets.stream(client).collectList().block(DEADLINE);

        assertThat(titles).hasSize(1000).startsWith("Book 1", "Book 2").endsWith("Book 1000");
    }

    @Test
    void theTransactionCommitsBothUpdatesOrNone() {
        POSTGRES.execute("insert into book values (2, 'Fiasco', 9.90)");
        POSTGRES.execute("insert into shelf values (7, 0)");

        assertThat(DirectSnippets.transaction(client).block(DEADLINE)).isEqualTo(1);
        assertThat(moved()).isEqualTo("7 1");

        POSTGRES.execute("update book set shelf = null; update shelf set books = 0; "
                + "alter table shelf add constraint full_shelf check (books < 1)");
        assertThat(DirectSnippets.transaction(client).onErrorReturn(-1L).block(DEADLINE))
                .isEqualTo(-1);
        assertThat(moved()).isEqualTo("none 0");
    }

    @Test
    void theSettingIsThatOfTheConnectionAlone() {
        assertThat(DirectSnippets.exclusiveConnection(client).collectList().block(DEADLINE))
                .containsExactly("Asia/Tokyo");
        assertThat(client.query("show time zone").map(row -> row.getString(0)).blockLast(DEADLINE))
                .isNotEqualTo("Asia/Tokyo");
    }

    @Test
    void theObserverIsToldTheDurationOfEachQuery() {
        List<Duration> durations = new CopyOnWriteArrayList<>();
        PgClient observed = DirectSnippets.observe(PgOptions.parse(POSTGRES.url()), durations::add);

        DirectSnippets.query(observed).then(observed.close()).block(DEADLINE);

        assertThat(durations).hasSize(1).allMatch(duration -> duration.compareTo(Duration.ZERO) > 0);
    }

    private static String titles() {
        return POSTGRES.queryForString("select string_agg(title, ' ' order by id) from book");
    }

    private static String moved() {
        return POSTGRES.queryForString("select coalesce(book.shelf::text, 'none') || ' ' || books from book, shelf");
    }
}
