package io.fluxgres.examples.webflux;

import java.math.BigDecimal;
import java.net.URI;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.domain.Sort;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The books by Spring Data R2DBC, on pooled connections. */
@RestController
@RequestMapping("/books")
class BookController {

    record NewBook(String isbn, String title, BigDecimal price) {}

    record NewPrice(BigDecimal price) {}

    private final Books books;
    private final Pricing pricing;

    BookController(Books books, Pricing pricing) {
        this.books = books;
        this.pricing = pricing;
    }

    @PostMapping
    Mono<ResponseEntity<Book>> create(@RequestBody NewBook book) {
        return books.save(new Book(null, book.isbn(), book.title(), book.price()))
                .map(stored -> ResponseEntity.created(URI.create("/books/" + stored.id()))
                        .body(stored));
    }

    @GetMapping("/{id}")
    Mono<ResponseEntity<Book>> find(@PathVariable long id) {
        return books.findById(id)
                .map(ResponseEntity::ok)
                .defaultIfEmpty(ResponseEntity.notFound().build());
    }

    /** All books, a line each. A client that reads slowly slows down the query; one that goes away ends it. */
    @GetMapping(produces = MediaType.APPLICATION_NDJSON_VALUE)
    Flux<Book> list() {
        return books.findAll(Sort.by("id"));
    }

    @PutMapping("/{id}/price")
    Mono<ResponseEntity<Book>> changePrice(@PathVariable long id, @RequestBody NewPrice price) {
        return pricing.change(id, price.price())
                .map(ResponseEntity::ok)
                .defaultIfEmpty(ResponseEntity.notFound().build());
    }

    @ExceptionHandler
    ProblemDetail duplicateKey(DuplicateKeyException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "There is such a book already");
    }

    @ExceptionHandler
    ProblemDetail violation(DataIntegrityViolationException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, "A book cannot be like this");
    }
}
