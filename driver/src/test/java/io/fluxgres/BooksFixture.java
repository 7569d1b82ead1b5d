package io.fluxgres;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A connection for each test of transactions, and the tables that they write to, without what the test before has written. */
abstract class BooksFixture extends ConnectionFixture {

    static final Books BOOKS = new Books(postgres);

    @BeforeAll
    static void createBooks() {
        BOOKS.create();
    }

    @BeforeEach
    void resetBooks() {
        BOOKS.reset();
    }
}
