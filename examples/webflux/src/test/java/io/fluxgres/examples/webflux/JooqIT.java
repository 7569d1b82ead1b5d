package io.fluxgres.examples.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import io.fluxgres.testkit.PostgresExtension;
import io.r2dbc.spi.ConnectionFactories;
import java.math.BigDecimal;
import java.time.Duration;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

/** jOOQ over the connection factory. */
class JooqIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final Table<Record> BOOK = table("book");
    private static final Field<Long> ID = field("id", Long.class);
    private static final Field<String> TITLE = field("title", String.class);
    private static final Field<BigDecimal> PRICE = field("price", BigDecimal.class);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void aTransactionOfJooqInsertsSelectsAndRollsBack() {
        POSTGRES.execute("create table book (id bigint primary key, title text not null, price numeric(8, 2))");
        DSLContext jooq = DSL.using(ConnectionFactories.get("r2dbc:" + POSTGRES.url()), SQLDialect.POSTGRES);

        Flux<String> cheap = Flux.from(jooq.transactionPublisher(transaction -> Flux.from(transaction
                        .dsl()
                        .insertInto(BOOK, ID, TITLE, PRICE)
                        .values(1L, "Solaris", new BigDecimal("12.50"))
                        .values(2L, "Fiasco", new BigDecimal("9.90")))
                .thenMany(transaction.dsl().select(TITLE).from(BOOK).where(PRICE.lt(BigDecimal.TEN)))
                .map(row -> row.get(TITLE))));
        Flux<Integer> duplicate = Flux.from(jooq.transactionPublisher(transaction -> Flux.from(
                        transaction.dsl().insertInto(BOOK, ID, TITLE).values(3L, "Eden"))
                .thenMany(transaction.dsl().insertInto(BOOK, ID, TITLE).values(1L, "Eden"))));

        assertThat(cheap.collectList().block(DEADLINE)).containsExactly("Fiasco");
        assertThatThrownBy(() -> duplicate.blockLast(DEADLINE))
                .isInstanceOf(IntegrityConstraintViolationException.class);
        assertThat(POSTGRES.queryForString("select string_agg(title, ' ' order by id) from book"))
                .isEqualTo("Solaris Fiasco");
    }
}
