package io.fluxgres.examples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The lists with far more books than the buffers between PostgreSQL and the client of HTTP can hold. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class BookStreamIT {

    private static final int BOOKS = 100_000;

    private static final long MEBIBYTE = 1 << 20;

    /** Of the books' 100 MB. */
    private static final long FLAT = 24 * MEBIBYTE;

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private final HttpClient client = HttpClient.newHttpClient();

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) {
        registry.add("spring.r2dbc.url", () -> "r2dbc:" + POSTGRES.url());
    }

    @BeforeEach
    void fillTable() {
        POSTGRES.execute("insert into book (isbn, title, price) select n, repeat('x', 1000), 1"
                + " from generate_series(1, " + BOOKS + ") as n on conflict do nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/books", "/direct/books"})
    void aClientThatReadsSlowlyMakesTheServerWaitAndMemoryStaysFlat(String path) throws Exception {
        long before = memory();
        int read = 0;

        try (BufferedReader lines = open(path)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                assertThat(line).startsWith("{\"id\":" + ++read + ",");
                if (read % 20_000 == 1 && read < 80_000) {
                    awaitServerIsBlocked();
                    assertThat(memory() - before).isLessThan(FLAT);
                }
            }
        }

        assertThat(read).isEqualTo(BOOKS);
    }

    /** More often than the pool has connections: none of them may be lost. */
    @ParameterizedTest
    @ValueSource(strings = {"/books", "/direct/books"})
    void aClientThatDisconnectsEndsTheQueryAndLosesNoConnection(String path) throws Exception {
        for (int i = 0; i < 15; i++) {
            try (BufferedReader lines = open(path)) {
                assertThat(lines.readLine()).startsWith("{\"id\":1,");
                awaitServerIsBlocked();
            }
            await("no query is executed", () -> "0".equals(activity("count(*)")));
        }

        try (BufferedReader lines = open("/books/2")) {
            assertThat(lines.readLine()).startsWith("{\"id\":2,");
        }
    }

    private BufferedReader open(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .build();
        return new BufferedReader(new InputStreamReader(
                client.send(request, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8));
    }

    /** An application that reads on would let the server run between two looks. */
    private static void awaitServerIsBlocked() {
        int[] looks = new int[1];
        await("the server waits for the application to read, at ten looks in a row", () -> {
            looks[0] = "ClientWrite".equals(activity("max(wait_event)")) ? looks[0] + 1 : 0;
            return looks[0] == 10;
        });
    }

    /** Asks about the queries of the application that the server executes. */
    private static String activity(String what) {
        return String.valueOf(POSTGRES.queryForString("select " + what + " from pg_stat_activity"
                + " where datname = current_database() and state = 'active' and pid <> pg_backend_pid()"));
    }

    private static void await(String what, BooleanSupplier condition) {
        long started = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .as("time until " + what)
                    .isLessThan(Duration.ofSeconds(30));
        }
    }

    /** What the heap holds, and the buffers outside of it. */
    private static long memory() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                + ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                        .metric()
                        .usedDirectMemory();
    }
}
