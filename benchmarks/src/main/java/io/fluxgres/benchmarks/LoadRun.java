package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Workload.Load;
import io.fluxgres.benchmarks.contender.Client;
import io.fluxgres.benchmarks.contender.Contender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One load on one contender for some time. */
final class LoadRun {

    /** How long the last operations may take after the end of the time. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Makes SQL that no connection has seen: a number that this JVM gives once. */
    private static final AtomicInteger NEXT_SQL = new AtomicInteger();

    private final Load load;
    private final List<Lane> lanes = new ArrayList<>();
    private final Latencies latencies = new Latencies();
    private final CountDownLatch running;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private volatile boolean stopped;

    LoadRun(Load load, Contender contender, List<Client> clients, Dataset dataset) {
        this.load = load;
        // who blocks has one operation in flight on a connection, and a thread for it
        int count = contender.isBlocking() ? clients.size() : load.inFlight();
        for (int i = 0; i < count; i++) {
            Client client = clients.get(i % clients.size());
            lanes.add(new Lane(this, operation(contender, client, dataset), i + 1, count == 1 ? latencies : null));
        }
        running = new CountDownLatch(count);
    }

    private Lane.Operation operation(Contender contender, Client client, Dataset dataset) {
        return switch (load.workload()) {
            case POINT, LATENCY ->
                lane -> {
                    int id = lane.nextKey(Dataset.WORLDS);
                    lane.expect(Dataset.worldSum(id));
                    client.point(id, lane);
                };
            case FORTUNES ->
                lane -> {
                    lane.expect(Dataset.fortuneSum());
                    client.fortunes(lane);
                };
            case SCAN -> {
                long sum = dataset.scanSum();
                yield lane -> {
                    lane.expect(sum);
                    client.scan(lane);
                };
            }
            case WIDE ->
                lane -> {
                    lane.expect(dataset.wideSum());
                    client.wide(lane);
                };
            case BATCH ->
                lane -> {
                    lane.expect(Dataset.BATCH_ROWS);
                    client.batch(lane);
                };
            case UPDATE ->
                lane -> {
                    lane.expect(Dataset.UPDATES);
                    int[] ids = new int[Dataset.UPDATES];
                    for (int i = 0; i < ids.length; i++) {
                        ids[i] = lane.nextKey(Dataset.WORLDS);
                    }
                    client.update(ids, lane);
                };
            case CONNECT ->
                lane -> {
                    lane.expect(0);
                    contender.login(lane);
                };
            case COLD ->
                lane -> {
                    int id = lane.nextKey(Dataset.WORLDS);
                    lane.expect(Dataset.worldSum(id));
                    client.cold(
                            "select id, number as n" + NEXT_SQL.incrementAndGet() + " from world where id = $1",
                            id,
                            lane);
                };
        };
    }

    /** Runs for some time, and until the last operations have completed. */
    Measurement run(Duration duration, Contender contender, ExecutorService threads) throws InterruptedException {
        Usage before = Usage.now();
        for (Lane lane : lanes) {
            if (contender.isBlocking()) {
                threads.execute(lane::start);
            } else {
                lane.start();
            }
        }
        if (!running.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
            stopped = true;
            if (!running.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                failed(new IllegalStateException("operations are still open after " + PATIENCE));
            }
        }
        Usage used = Usage.now().minus(before);
        Throwable reason = failure.get();
        if (reason != null) {
            throw new IllegalStateException(contender.name() + " failed in " + load + ": " + reason, reason);
        }
        long operations = lanes.stream().mapToLong(Lane::completedOperations).sum();
        return new Measurement(
                operations,
                operations * 1e9 / used.nanos(),
                used.cpuNanos() / 1e3 / operations,
                (double) used.allocatedBytes() / operations,
                latencies.micros(0.5),
                latencies.micros(0.99));
    }

    boolean isStopped() {
        return stopped;
    }

    void laneEnded() {
        running.countDown();
    }

    void failed(Throwable reason) {
        failure.compareAndSet(null, reason);
        stopped = true;
        while (running.getCount() > 0) {
            running.countDown();
        }
    }
}
