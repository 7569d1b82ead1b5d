package io.fluxgres.examples;

import io.fluxgres.PgClient;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * Starts an embedded PostgreSQL, fills a table with a million books, reads some of them as records, inserts shelves by a
 * batch, moves a book in a transaction, and streams all books in a small heap: once as fast as it goes, once in steps that
 * the subscriber requests.
 */
public final class Quickstart {

    private static final int BOOKS = 1_000_000;

    private record Version(String serverVersion) {}

    private record Book(long id, String title, BigDecimal price) {}

    private record Shelf(int id, String name, int books) {}

    private final PgClient client;

    private Quickstart(PgClient client) {
        this.client = client;
    }

    /** Runs all steps and prints what each of them did. */
    public static void main(String[] arguments) throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            PgClient client = PgClient.create("postgresql://postgres@localhost:" + server.getPort() + "/postgres");
            new Quickstart(client).run().then(client.close()).block(Duration.ofMinutes(5));
        }
    }

    private Mono<Void> run() {
        return showVersion()
                .then(createTables())
                .then(fill())
                .then(findCheapBooks())
                .then(insertShelves())
                .then(moveBook())
                .then(stream("all at once", Integer.MAX_VALUE))
                .then(stream("100 at a time", 100));
    }

    private Mono<Void> showVersion() {
        return client.query("show server_version")
                .as(Version.class)
                .doOnNext(version -> print("server version     %s", version.serverVersion()))
                .then();
    }

    private Mono<Long> createTables() {
        return client.batch(
                        "create table book (id bigint primary key, title text not null, price numeric(8, 2) not null,"
                                + " shelf int)",
                        "create table shelf (id int primary key, name text not null, books int not null default 0)")
                .rowsUpdated();
    }

    /** A query with a parameter. */
    private Mono<Void> fill() {
        return client.query("insert into book select n, 'Book number ' || n, n % 10000 / 100.0"
                        + " from generate_series(1, $1::int) as n")
                .bind(BOOKS)
                .rowsUpdated()
                .doOnNext(inserted -> print("rows inserted      %,d", inserted))
                .then();
    }

    /** Rows as records, by the names of their columns. */
    private Mono<Void> findCheapBooks() {
        return client.query("select id, title, price from book where price < $1 order by id limit 3")
                .bind(new BigDecimal("20.00"))
                .as(Book.class)
                .doOnNext(book -> print("a cheap one        %s", book))
                .then();
    }

    /** A batch: all rows in one round trip, and all of them or none. */
    private Mono<Void> insertShelves() {
        return client.query("insert into shelf (id, name) values ($1, $2)")
                .bindAll(List.of(new Object[] {1, "Novels"}, new Object[] {2, "Travel"}, new Object[] {3, "Poems"}))
                .rowsUpdated()
                .doOnNext(inserted -> print("shelves inserted   %d", inserted))
                .then();
    }

    /** A transaction: committed when the publisher of the function completes, rolled back when it fails. */
    private Mono<Void> moveBook() {
        return client.inTransaction(transaction -> transaction
                        .query("update book set shelf = $1 where id = $2")
                        .bind(2, 42L)
                        .rowsUpdated()
                        .thenMany(transaction
                                .query("update shelf set books = books + 1 where id = $1 returning *")
                                .bind(2)
                                .as(Shelf.class)))
                .doOnNext(shelf -> print("a book moved to    %s", shelf))
                .then();
    }

    /** Streams the table and tells how fast that went and how much memory it took. */
    private Mono<Void> stream(String how, int prefetch) {
        return Mono.defer(() -> {
            AtomicLong direct = new AtomicLong();
            AtomicLong rows = new AtomicLong();
            System.gc();
            heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
            long started = System.nanoTime();
            return client.query("select id, title, price from book")
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
