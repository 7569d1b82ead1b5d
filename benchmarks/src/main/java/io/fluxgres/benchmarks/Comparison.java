package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Workload.Load;
import io.fluxgres.benchmarks.contender.Contenders;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Compares the contenders and writes a report; see {@link Plan#parse} for the arguments.
 *
 * <p>The machine is shared by all, the server included, so the rounds of a load take turns among the contenders, each
 * round beginning with another one, and the report has medians. An idle contender's JVM stays up and does nothing.
 */
public final class Comparison {

    private final Plan plan;
    private final Server server;
    private final Map<String, WorkerProcess> workers = new LinkedHashMap<>();
    private final long started = System.nanoTime();

    private Comparison(Plan plan, Server server) {
        this.plan = plan;
        this.server = server;
    }

    /** Runs a comparison. */
    public static void main(String[] arguments) throws IOException, SQLException {
        Plan plan = Plan.parse(List.of(arguments));
        System.out.println("Filling the tables of an embedded server ...");
        try (Server server = Server.start(plan.dataset())) {
            Results results = new Comparison(plan, server).run();
            new Report(plan, results, Environment.of(server)).write();
            System.out.println("The report is in " + plan.output().toAbsolutePath());
        }
    }

    private Results run() throws IOException, SQLException {
        Results results = new Results();
        try {
            for (String contender : plan.contenders()) {
                workers.put(contender, WorkerProcess.start(contender, server.target()));
            }
            for (Load load : plan.loads()) {
                measure(load, results);
            }
        } finally {
            for (WorkerProcess worker : workers.values()) {
                worker.close();
            }
        }
        return results;
    }

    private void measure(Load load, Results results) throws IOException, SQLException {
        List<String> entrants = plan.contenders().stream()
                .filter(contender -> Contenders.takesPart(contender, load.workload()))
                .toList();
        for (String contender : entrants) {
            worker(contender).measure(load, Duration.ZERO, plan.warmUp());
        }
        for (int round = 0; round < plan.rounds(); round++) {
            for (int i = 0; i < entrants.size(); i++) {
                String contender = entrants.get((i + round) % entrants.size());
                if (load.workload().isWriting()) {
                    server.reset();
                }
                results.add(load, contender, worker(contender).measure(load, plan.settling(), plan.round()));
            }
        }
        for (String contender : entrants) {
            print(load, contender, results.median(load, contender));
        }
    }

    private WorkerProcess worker(String contender) {
        return Objects.requireNonNull(workers.get(contender));
    }

    private void print(Load load, String contender, Measurement median) {
        System.out.printf(
                Locale.ROOT,
                "[%4d s] %-14s %-18s %,12.1f op/s %,12.2f us CPU/op %,14.0f B/op   p50 %s p99 %s%n",
                (System.nanoTime() - started) / 1_000_000_000,
                load,
                contender,
                median.throughput(),
                median.cpuMicros(),
                median.allocatedBytes(),
                micros(median.p50Micros()),
                micros(median.p99Micros()));
    }

    private static String micros(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,.0f us", value);
    }

    /** The measurements of all rounds. */
    static final class Results {

        private final Map<Load, Map<String, List<Measurement>>> rounds = new LinkedHashMap<>();

        void add(Load load, String contender, Measurement measurement) {
            rounds.computeIfAbsent(load, key -> new LinkedHashMap<>())
                    .computeIfAbsent(contender, key -> new ArrayList<>())
                    .add(measurement);
        }

        /** Returns the measured loads. */
        List<Load> loads() {
            return List.copyOf(rounds.keySet());
        }

        /** Returns those that took part in any load. */
        List<String> contenders() {
            return Contenders.names().stream()
                    .filter(contender -> rounds.values().stream().anyMatch(measured -> measured.containsKey(contender)))
                    .toList();
        }

        /** Returns those that took part in a load. */
        List<String> contenders(Load load) {
            Map<String, List<Measurement>> measured = rounds.getOrDefault(load, Map.of());
            return Contenders.names().stream().filter(measured::containsKey).toList();
        }

        List<Measurement> rounds(Load load, String contender) {
            return rounds.getOrDefault(load, Map.of()).getOrDefault(contender, List.of());
        }

        Measurement median(Load load, String contender) {
            return Measurement.median(rounds(load, contender));
        }
    }
}
