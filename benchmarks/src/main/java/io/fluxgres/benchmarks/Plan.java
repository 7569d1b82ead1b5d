package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Workload.Load;
import io.fluxgres.benchmarks.contender.Contenders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a comparison does.
 *
 * @param profile the name of the durations
 * @param warmUp how long each contender runs a load before the first round of it
 * @param settling how long it runs on new connections before it is watched, in each round
 * @param round how long it is watched then
 * @param rounds how often, by turns
 * @param output the directory of the report
 */
record Plan(
        String profile,
        Duration warmUp,
        Duration settling,
        Duration round,
        int rounds,
        List<Load> loads,
        List<String> contenders,
        Path output) {

    /**
     * Reads arguments: a profile, {@code quick} or {@code full}, and, each optional, {@code loads=point,scan-1/1},
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
            case "quick" -> of(name, Duration.ofMillis(1500), Duration.ofMillis(100), Duration.ofMillis(900), 3);
            case "full" -> of(name, Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofMillis(2500), 7);
            default -> throw new IllegalArgumentException("unknown profile: " + name + "; there are quick and full");
        };
    }

    private static Plan of(String profile, Duration warmUp, Duration settling, Duration round, int rounds) {
        return new Plan(
                profile,
                warmUp,
                settling,
                round,
                rounds,
                Load.all(),
                Contenders.names(),
                Path.of("docs", "benchmarks"));
    }

    private Plan withLoads(List<String> names) {
        List<Load> chosen = Load.all().stream()
                .filter(load -> names.contains(load.toString())
                        || names.contains(load.workload().name().toLowerCase(Locale.ROOT)))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no load is called " + names + "; there are " + Load.all());
        }
        return new Plan(profile, warmUp, settling, round, rounds, chosen, contenders, output);
    }

    private Plan withContenders(List<String> names) {
        List<String> unknown = names.stream()
                .filter(name -> !Contenders.names().contains(name))
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown contenders: " + unknown + "; there are " + Contenders.names());
        }
        return new Plan(profile, warmUp, settling, round, rounds, loads, names, output);
    }

    private Plan withOutput(Path directory) {
        return new Plan(profile, warmUp, settling, round, rounds, loads, contenders, directory);
    }
}
