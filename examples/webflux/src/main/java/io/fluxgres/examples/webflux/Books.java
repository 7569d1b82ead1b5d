package io.fluxgres.examples.webflux;

import java.math.BigDecimal;
import org.springframework.data.r2dbc.repository.Query;
import org.springframework.data.r2dbc.repository.R2dbcRepository;
import reactor.core.publisher.Mono;

/** The books that are stored. */
interface Books extends R2dbcRepository<Book, Long> {

    /** Changes a price and returns the book; empty if there is none. */
    @Query("update book set price = :price where id = :id returning *")
    Mono<Book> updatePrice(long id, BigDecimal price);
}
