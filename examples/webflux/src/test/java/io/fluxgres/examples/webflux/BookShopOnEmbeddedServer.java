package io.fluxgres.examples.webflux;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.r2dbc.core.DatabaseClient;

/** Runs the application on an embedded PostgreSQL with 100 000 books, until it is interrupted. */
public final class BookShopOnEmbeddedServer {

    private BookShopOnEmbeddedServer() {}

    public static void main(String[] arguments) throws IOException {
        EmbeddedPostgres server = EmbeddedPostgres.start();
        ConfigurableApplicationContext application = SpringApplication.run(
                BookShop.class,
                "--spring.r2dbc.url=r2dbc:postgresql://postgres@localhost:" + server.getPort() + "/postgres");
        application
                .getBean(DatabaseClient.class)
                .sql("insert into book (isbn, title, price)"
                        + " select 'isbn-' || n, 'Book number ' || n, n % 10000 / 100.0"
                        + " from generate_series(1, 100000) as n")
                .then()
                .block();
        System.out.println("Try: curl localhost:8080/books");
    }
}
