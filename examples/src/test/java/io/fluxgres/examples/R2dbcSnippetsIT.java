package io.fluxgres.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The snippets about R2DBC do what the documents say. */
class R2dbcSnippetsIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private ConnectionFactory factory;

    @BeforeEach
    void createTables() {
        POSTGRES.execute(BookTables.CREATE);
        factory = ConnectionFactories.get("r2dbc:" + POSTGRES.url());
    }

    @AfterEach
    void dropTables() {
        POSTGRES.execute(BookTables.DROP);
    }

    @Test
    void theUrlsFindTheDriver() {
        assertThat(R2dbcSnippets.create()).hasSameClassAs(factory);
        assertThat(R2dbcSnippets.createWithOptions()).hasSameClassAs(factory);
        assertThat(R2dbcSnippets.createWithTypedOptions()).hasSameClassAs(factory);
        assertThat(factory.getClass().getPackageName()).isEqualTo("io.fluxgres.r2dbc");
    }

    @Test
    void theQueryGivesMappedRows() {
        R2dbcSnippets.batch(factory).blockLast(DEADLINE);

        assertThat(R2dbcSnippets.query(factory).collectList().block(DEADLINE)).containsExactly("Fiasco");
    }

    @Test
    void theBatchInsertsAllOrNone() {
        POSTGRES.execute("insert into book values (2, 'Eden', 1)");

        assertThat(R2dbcSnippets.batch(factory).onErrorReturn(-1L).collectList().block(DEADLINE))
                .containsExactly(-1L);
        assertThat(titles()).isEqualTo("Eden");

        POSTGRES.execute("delete from book");
        assertThat(R2dbcSnippets.batch(factory).collectList().block(DEADLINE)).containsExactly(1L, 1L);
        assertThat(titles()).isEqualTo("Solaris Fiasco");
    }

    @Test
    void theTransactionIsCommitted() {
        POSTGRES.execute("insert into book values (2, 'Fiasco', 9.90)");

        assertThat(R2dbcSnippets.transaction(factory).block(DEADLINE)).isEqualTo(1);
        assertThat(POSTGRES.queryForString("select shelf from book")).isEqualTo("7");
    }

    @Test
    void aTransactionThatFailsIsRolledBack() {
        POSTGRES.execute("insert into book values (2, 'Fiasco', 9.90)");
        // fails behind the update, at the commit
        POSTGRES.execute("create function refuse() returns trigger language plpgsql as"
                + " 'begin raise exception ''refused''; end';"
                + " create constraint trigger refused after update on book deferrable initially deferred"
                + " for each row execute function refuse()");

        assertThat(R2dbcSnippets.transaction(factory).onErrorReturn(-1L).block(DEADLINE))
                .isEqualTo(-1);
        assertThat(POSTGRES.queryForString("select coalesce(shelf::text, 'none') from book"))
                .isEqualTo("none");
    }

    private static String titles() {
        return POSTGRES.queryForString("select string_agg(title, ' ' order by id) from book");
    }
}
