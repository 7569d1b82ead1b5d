package io.fluxgres.examples.webflux;

import java.math.BigDecimal;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import reactor.core.publisher.Mono;

/** Changes prices and keeps a record of it: both or none. */
@Service
class Pricing {

    private final Books books;
    private final DatabaseClient database;

    Pricing(Books books, DatabaseClient database) {
        this.books = books;
        this.database = database;
    }

    /** Returns the book with its new price; empty if there is none. */
    @Transactional
    Mono<Book> change(long id, BigDecimal price) {
        return database.sql("insert into price_change (book_id, old_price, new_price)"
                        + " select id, price, :price from book where id = :id for update")
                .bind("id", id)
                .bind("price", price)
                .then()
                .then(books.updatePrice(id, price));
    }
}
