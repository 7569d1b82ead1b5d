package io.fluxgres.examples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
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
        EntityExchangeResult<byte[]> created = create("isbn-1", "Solaris", "12.50");

        assertThat(created.getStatus()).isEqualTo(HttpStatus.CREATED);
        client().get()
                .uri(String.valueOf(created.getResponseHeaders().getLocation()))
                .exchange()
                .expectBody()
                .json("{'id': 1, 'isbn': 'isbn-1', 'title': 'Solaris', 'price': 12.50}".replace('\'', '"'));
    }

    @Test
    void aBookThatDoesNotExistIsNotFound() {
        assertThat(answer(client().get().uri("/books/1")).getStatus()).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(changePrice(1, "1.00").getStatus()).isEqualTo(HttpStatus.NOT_FOUND);
    }

    @Test
    void aDuplicateKeyIsAConflictAndLeavesTheConnectionsUsable() {
        create("isbn-1", "Solaris", "12.50");

        for (int i = 0; i < 20; i++) {
            EntityExchangeResult<byte[]> duplicate = create("isbn-1", "Fiasco", "9.90");
            assertThat(duplicate.getStatus()).isEqualTo(HttpStatus.CONFLICT);
            assertThat(duplicate.getResponseHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        }

        assertThat(POSTGRES.queryForString("select string_agg(title, ',') from book"))
                .isEqualTo("Solaris");
        assertThat(create("isbn-2", "Fiasco", "9.90").getStatus()).isEqualTo(HttpStatus.CREATED);
    }

    @Test
    void aPriceIsChangedTogetherWithItsRecord() {
        create("isbn-1", "Solaris", "12.50");

        EntityExchangeResult<byte[]> changed = changePrice(1, "10.00");

        assertThat(changed.getStatus()).isEqualTo(HttpStatus.OK);
        assertThat(changed.getResponseBody()).asString().contains("\"price\":10.00");
        assertThat(POSTGRES.queryForString("select price from book")).isEqualTo("10.00");
        assertThat(POSTGRES.queryForString("select old_price || ' ' || new_price from price_change"))
                .isEqualTo("12.50 10.00");
    }

    @Test
    void aPriceThatTheTableRefusesLeavesNoRecordEither() {
        create("isbn-1", "Solaris", "12.50");

        assertThat(changePrice(1, "-1.00").getStatus()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);

        assertThat(POSTGRES.queryForString("select price from book")).isEqualTo("12.50");
        assertThat(POSTGRES.queryForString("select count(*) from price_change")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/books", "/direct/books"})
    void booksAreListedOneALine(String path) {
        create("isbn-1", "Solaris", "12.50");
        create("isbn-2", "Fiasco", "9.90");

        EntityExchangeResult<byte[]> list = answer(client().get().uri(path));

        assertThat(list.getResponseHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_NDJSON);
        assertThat(list.getResponseBody()).asString().isEqualTo("""
                {"id":1,"isbn":"isbn-1","title":"Solaris","price":12.50}
                {"id":2,"isbn":"isbn-2","title":"Fiasco","price":9.90}
                """);
    }

    private EntityExchangeResult<byte[]> create(String isbn, String title, String price) {
        return answer(client().post().uri("/books").bodyValue(Map.of("isbn", isbn, "title", title, "price", price)));
    }

    private EntityExchangeResult<byte[]> changePrice(long id, String price) {
        return answer(client().put().uri("/books/{id}/price", id).bodyValue(Map.of("price", price)));
    }

    /** Reads the body too: one that nobody reads is never released. */
    private static EntityExchangeResult<byte[]> answer(WebTestClient.RequestHeadersSpec<?> request) {
        return request.exchange().expectBody().returnResult();
    }

    private WebTestClient client() {
        return WebTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
    }
}
