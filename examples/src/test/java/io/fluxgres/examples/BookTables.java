package io.fluxgres.examples;

/** The tables that the snippets query. */
final class BookTables {

    static final String CREATE = "create table book (id bigint primary key, title text not null,"
            + " price numeric(8, 2) not null, shelf int);"
            + " create table shelf (id int primary key, books int not null)";

    static final String DROP = "drop table book, shelf; drop function if exists refuse";

    private BookTables() {}
}
