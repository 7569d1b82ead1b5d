package io.fluxgres.examples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Each endpoint over HTTP, with the outcome in the database. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class BookShopIT {

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) {
        registry.add("spring.r2dbc.url", () -> "r2dbc:" + POSTGRES.url());
    }

    @BeforeEach
    void emptyTables() {
        POSTGRES.execute("truncate book, price_change restart identity");
    }

    @Test
    void aNewBookIsCreatedAndFoundWhereTheAnswerSays() {
        URI location = create("isbn-1", "Solaris", "12.50")
                .expectStatus()
                .isCreated()
                .expectBody(Book.class)
                .returnResult()
                .getResponseHeaders()
                .getLocation();

        client().get()
                .uri(String.valueOf(location))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{'id': 1, 'isbn': 'isbn-1', 'title': 'Solaris', 'price': 12.50}".replace('\'', '"'));
    }

    @Test
    void aBookThatDoesNotExistIsNotFound() {
        client().get().uri("/books/1").exchange().expectStatus().isNotFound();
        changePrice(1, "1.00").expectStatus().isNotFound();
    }

    @Test
    void aDuplicateKeyIsAConflictAndLeavesTheConnectionsUsable() {
        create("isbn-1", "Solaris", "12.50").expectStatus().isCreated();

        for (int i = 0; i < 20; i++) {
            create("isbn-1", "Fiasco", "9.90")
                    .expectStatus()
                    .isEqualTo(409)
                    .expectHeader()
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON);
        }

        assertThat(POSTGRES.queryForString("select string_agg(title, ',') from book"))
                .isEqualTo("Solaris");
        create("isbn-2", "Fiasco", "9.90").expectStatus().isCreated();
    }

    @Test
    void aPriceIsChangedTogetherWithItsRecord() {
        create("isbn-1", "Solaris", "12.50").expectStatus().isCreated();

        changePrice(1, "10.00")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.price")
                .isEqualTo(10.00);

        assertThat(POSTGRES.queryForString("select price from book")).isEqualTo("10.00");
        assertThat(POSTGRES.queryForString("select old_price || ' ' || new_price from price_change"))
                .isEqualTo("12.50 10.00");
    }

    @Test
    void aPriceThatTheTableRefusesLeavesNoRecordEither() {
        create("isbn-1", "Solaris", "12.50").expectStatus().isCreated();

        changePrice(1, "-1.00").expectStatus().isEqualTo(422);

        assertThat(POSTGRES.queryForString("select price from book")).isEqualTo("12.50");
        assertThat(POSTGRES.queryForString("select count(*) from price_change")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/books", "/direct/books"})
    void booksAreListedOneALine(String path) {
        create("isbn-1", "Solaris", "12.50").expectStatus().isCreated();
        create("isbn-2", "Fiasco", "9.90").expectStatus().isCreated();

        List<Book> books = client().get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentType(MediaType.APPLICATION_NDJSON)
                .expectBodyList(Book.class)
                .returnResult()
                .getResponseBody();

        assertThat(books).extracting(Book::title).containsExactly("Solaris", "Fiasco");
    }

    private WebTestClient.ResponseSpec create(String isbn, String title, String price) {
        return client().post()
                .uri("/books")
                .bodyValue(Map.of("isbn", isbn, "title", title, "price", price))
                .exchange();
    }

    private WebTestClient.ResponseSpec changePrice(long id, String price) {
        return client().put()
                .uri("/books/{id}/price", id)
                .bodyValue(Map.of("price", price))
                .exchange();
    }

    private WebTestClient client() {
        return WebTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
    }
}
