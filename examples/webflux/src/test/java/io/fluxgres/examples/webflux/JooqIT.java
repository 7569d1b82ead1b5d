package io.fluxgres.examples.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import io.fluxgres.testkit.PostgresExtension;
import io.r2dbc.spi.ConnectionFactories;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
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

    /** jOOQ asks for the text of a timestamptz, whatever class the caller wants. */
    @Test
    void aTimestampWithTimeZoneIsTheSameInstantColdAndWarm() {
        POSTGRES.execute("create table loan (id bigint primary key, due timestamptz not null)");
        DSLContext jooq = DSL.using(ConnectionFactories.get("r2dbc:" + POSTGRES.url()), SQLDialect.POSTGRES);
        Table<Record> loan = table("loan");
        Field<OffsetDateTime> due = field("due", OffsetDateTime.class);
        OffsetDateTime summer = OffsetDateTime.parse("2026-07-01T12:30:00.123456Z");
        OffsetDateTime winter = OffsetDateTime.parse("2026-12-01T23:59:59-03:30");

        List<OffsetDateTime> read = Flux.from(jooq.transactionPublisher(transaction -> Flux.from(transaction
                                .dsl()
                                .insertInto(loan, ID, due)
                                .values(1L, summer)
                                .values(2L, winter))
                        .thenMany(Flux.range(0, 4)
                                .concatMap(execution -> Flux.from(
                                        transaction.dsl().select(due).from(loan).orderBy(ID))))
                        .map(row -> row.get(due))))
                .collectList()
                .block(DEADLINE);

        assertThat(read).hasSize(8);
        for (int i = 0; i < read.size(); i += 2) {
            assertThat(read.get(i)).isEqualTo(summer);
            assertThat(read.get(i + 1)).isEqualTo(winter);
        }
    }
}
