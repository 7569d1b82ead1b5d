package io.fluxgres.examples;

import io.fluxgres.PgClient;
import io.fluxgres.PgConnection;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * Starts an embedded PostgreSQL, fills a table with a million books, reads some of them by parameters, and streams all of
 * them in a small heap: once as fast as it goes, once in steps that the subscriber requests.
 */
public final class Quickstart {

    private static final int BOOKS = 1_000_000;

    private record Book(long id, String title, BigDecimal price) {}

    private Quickstart() {}

    /** Runs all steps and prints what each of them did. */
    public static void main(String[] arguments) throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            PgClient client = PgClient.create("postgresql://postgres@localhost:" + server.getPort() + "/postgres");
            Mono.usingWhen(client.connect(), connection -> run(client, connection), PgConnection::close)
                    .then(client.close())
                    .block(Duration.ofMinutes(5));
        }
    }

    private static Mono<Void> run(PgClient client, PgConnection connection) {
        print("server version     %s", connection.serverParameters().getOrDefault("server_version", "unknown"));
        return fill(connection)
                .then(findCheapBooks(client))
                .then(streamAll(connection, "all at once", Integer.MAX_VALUE))
                .then(streamAll(connection, "100 at a time", 100));
    }

    private static Mono<Void> fill(PgConnection connection) {
        return connection
                .query("create table book (id bigint primary key, title text not null, price numeric(8, 2) not null)")
                .rowsUpdated()
                .then(connection
                        .query("insert into book select n, 'Book number ' || n, n % 10000 / 100.0"
                                + " from generate_series(1, $1::int) as n")
                        .bind(BOOKS)
                        .rowsUpdated())
                .doOnNext(inserted -> print("rows inserted      %,d", inserted))
                .then();
    }

    private static Mono<Void> findCheapBooks(PgClient client) {
        return client.query("select id, title, price from book where price < $1 order by id limit 3")
                .bind(new BigDecimal("20.00"))
                .as(Book.class)
                .doOnNext(book -> print("a cheap one        %s", book))
                .then();
    }

    /** Streams the table and tells how fast that went and how much memory it took. */
    private static Mono<Void> streamAll(PgConnection connection, String how, int prefetch) {
        return Mono.defer(() -> {
            AtomicLong direct = new AtomicLong();
            AtomicLong rows = new AtomicLong();
            System.gc();
            heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
            long started = System.nanoTime();
            return connection
                    .query("select id, title, price from book")
                    .map(row -> row.getLong(0))
                    .limitRate(prefetch)
                    .doOnNext(id -> {
                        if (rows.incrementAndGet() % 10_000 == 0) {
                            direct.accumulateAndGet(directMemory(), Math::max);
                        }
                    })
                    .then(Mono.fromRunnable(() -> report(how, rows.get(), System.nanoTime() - started, direct.get())));
        });
    }

    private static void report(String how, long rows, long nanos, long direct) {
        long heap = heapPools().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        print("streamed %,d rows %s", rows, how);
        print("  rows a second    %,d", rows * 1_000_000_000L / nanos);
        print("  peak heap        %,d bytes", heap);
        print("  peak buffers     %,d bytes", direct);
    }

    private static Stream<MemoryPoolMXBean> heapPools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP);
    }

    /** The memory that the network buffers take. */
    private static long directMemory() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : 0;
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(format, values));
    }
}
