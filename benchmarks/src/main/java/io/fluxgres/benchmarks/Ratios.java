package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Comparison.Results;
import io.fluxgres.benchmarks.Workload.Load;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Tables in Markdown of what this driver's figures are to those of the others, one for each interface and figure. */
final class Ratios {

    /** The interfaces of this driver. */
    private static final List<String> SUBJECTS = List.of("fluxgres", "fluxgres-r2dbc");

    private static final List<Figure> FIGURES = List.of(
            new Figure("Operations a second (more is better)", Measurement::throughput),
            new Figure("CPU time an operation (less is better)", Measurement::cpuMicros),
            new Figure("Bytes allocated an operation (less is better)", Measurement::allocatedBytes),
            new Figure("p50 with 1 in flight (less is better)", Measurement::p50Micros));

    private record Figure(String title, ToDoubleFunction<Measurement> value) {}

    private final Results results;

    Ratios(Results results) {
        this.results = results;
    }

    String markdown() {
        StringBuilder out = new StringBuilder();
        for (String subject : SUBJECTS) {
            List<String> peers = peersOf(subject);
            if (peers.isEmpty()) {
                continue;
            }
            out.append("\n## ").append(subject).append(" in relation to others\n\n");
            out.append("2.00: twice the figure of the one that the column is about.\n");
            for (Figure figure : FIGURES) {
                table(out, subject, peers, figure);
            }
        }
        return out.toString();
    }

    private List<String> peersOf(String subject) {
        return results.contenders().stream()
                .filter(contender -> !SUBJECTS.contains(contender))
                .filter(contender -> results.loads().stream().anyMatch(load -> met(load, subject, contender)))
                .toList();
    }

    private boolean met(Load load, String subject, String peer) {
        return results.contenders(load).containsAll(List.of(subject, peer));
    }

    private void table(StringBuilder out, String subject, List<String> peers, Figure figure) {
        out.append("\n### ").append(figure.title()).append("\n\n| | ");
        out.append(String.join(" | ", peers))
                .append(" |\n|---|")
                .append("--:|".repeat(peers.size()))
                .append('\n');
        for (Load load : results.loads()) {
            if (peers.stream().noneMatch(peer -> met(load, subject, peer))) {
                continue;
            }
            if (Double.isNaN(figure.value().applyAsDouble(results.median(load, subject)))) {
                continue;
            }
            out.append("| ").append(load).append(" |");
            for (String peer : peers) {
                out.append(' ').append(cell(load, subject, peer, figure)).append(" |");
            }
            out.append('\n');
        }
    }

    private String cell(Load load, String subject, String peer, Figure figure) {
        if (!met(load, subject, peer)) {
            return "–";
        }
        double ratio = figure.value().applyAsDouble(results.median(load, subject))
                / figure.value().applyAsDouble(results.median(load, peer));
        // a floor may allocate nothing
        return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%,.2f", ratio) : "–";
    }
}
