package io.fluxgres.examples.webflux;

import io.fluxgres.PgClient;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * The application. Spring Boot makes the pool of R2DBC connections, the repositories and the transactions from {@code
 * spring.r2dbc.url} alone; the driver is found because fluxgres-r2dbc is on the class path.
 */
@SpringBootApplication
public class BookShop {

    public static void main(String[] arguments) {
        SpringApplication.run(BookShop.class, arguments);
    }

    /** The driver itself, for {@link DirectBookController}: its URI is that of R2DBC without {@code r2dbc:}. */
    @Bean
    PgClient pgClient(@Value("${spring.r2dbc.url}") String url) {
        return PgClient.create(url.substring("r2dbc:".length()));
    }
}
