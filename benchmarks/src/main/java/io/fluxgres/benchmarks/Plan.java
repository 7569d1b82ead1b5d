package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Workload.Load;
import io.fluxgres.benchmarks.contender.Contenders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * What a comparison does.
 *
 * @param profile the name of the durations
 * @param warmUp how long each contender runs a load before the first round of it
 * @param settling how long it runs on new connections before it is watched, in each round
 * @param round how long it is watched then
 * @param rounds how often, by turns
 * @param dataset what the tables hold
 * @param output the directory of the report
 */
record Plan(
        String profile,
        Duration warmUp,
        Duration settling,
        Duration round,
        int rounds,
        Dataset dataset,
        List<Load> loads,
        List<String> contenders,
        Path output) {

    /**
     * Reads arguments: a profile, {@code quick}, {@code full} or {@code smoke}, and, each optional, {@code loads=point,scan-1/1},
     * {@code contenders=fluxgres,pgjdbc} and {@code output=directory}.
     */
    static Plan parse(List<String> arguments) {
        Plan plan = profile(arguments.isEmpty() ? "quick" : arguments.get(0));
        for (String argument : arguments.subList(Math.min(1, arguments.size()), arguments.size())) {
            String[] parts = argument.split("=", 2);
            plan = switch (parts[0]) {
                case "loads" -> plan.withLoads(List.of(parts[1].split(",", -1)));
                case "contenders" -> plan.withContenders(List.of(parts[1].split(",", -1)));
                case "output" -> plan.withOutput(Path.of(parts[1]));
                default -> throw new IllegalArgumentException("unknown argument: " + argument);
            };
        }
        return plan;
    }

    private static Plan profile(String name) {
        return switch (name) {
            case "quick" ->
                measured(name, Duration.ofMillis(1500), Duration.ofMillis(100), Duration.ofMillis(900), 3)
                        .withLoads(load -> load.workload() != Workload.LATENCY);
            case "full" -> measured(name, Duration.ofSeconds(10), Duration.ofMillis(500), Duration.ofMillis(2500), 5);
            case "smoke" -> smoke(name);
            default ->
                throw new IllegalArgumentException(
                        "unknown profile: " + name + "; there are quick and full, and smoke for tests");
        };
    }

    private static Plan measured(String profile, Duration warmUp, Duration settling, Duration round, int rounds) {
        return new Plan(
                profile,
                warmUp,
                settling,
                round,
                rounds,
                Dataset.FULL,
                Load.all(),
                Contenders.names(),
                Path.of("docs", "benchmarks"));
    }

    /** Shows that everything runs; its figures mean nothing and stay out of the documentation. */
    private static Plan smoke(String profile) {
        return new Plan(
                profile,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMillis(20),
                1,
                Dataset.SMALL,
                Load.all(),
                Contenders.names(),
                Path.of("target", "benchmarks"));
    }

    private Plan withLoads(List<String> names) {
        Plan plan = withLoads(load -> names.contains(load.toString())
                || names.contains(load.workload().name().toLowerCase(Locale.ROOT)));
        if (plan.loads.isEmpty()) {
            throw new IllegalArgumentException("no load is called " + names + "; there are " + Load.all());
        }
        return plan;
    }

    private Plan withLoads(Predicate<Load> which) {
        List<Load> chosen = Load.all().stream().filter(which).toList();
        return new Plan(profile, warmUp, settling, round, rounds, dataset, chosen, contenders, output);
    }

    private Plan withContenders(List<String> names) {
        List<String> unknown = names.stream()
                .filter(name -> !Contenders.names().contains(name))
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown contenders: " + unknown + "; there are " + Contenders.names());
        }
        return new Plan(profile, warmUp, settling, round, rounds, dataset, loads, names, output);
    }

    private Plan withOutput(Path directory) {
        return new Plan(profile, warmUp, settling, round, rounds, dataset, loads, contenders, directory);
    }
}
