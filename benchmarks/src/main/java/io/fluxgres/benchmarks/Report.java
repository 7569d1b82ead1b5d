package io.fluxgres.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.fluxgres.benchmarks.Comparison.Results;
import io.fluxgres.benchmarks.Workload.Load;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the results as JSON with every round, as tables of medians and their ratios in Markdown, and as charts. */
final class Report {

    /** The contender that the charts are relative to. */
    static final String SUBJECT = "fluxgres";

    private final Plan plan;
    private final Results results;
    private final Environment environment;

    Report(Plan plan, Results results, Environment environment) {
        this.plan = plan;
        this.results = results;
        this.environment = environment;
    }

    void write() throws IOException {
        Path directory = Files.createDirectories(plan.output());
        writeJson(directory.resolve("results.json"));
        Files.writeString(directory.resolve("results.md"), markdown());
        new Charts(results).write(directory);
    }

    private void writeJson(Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file);
                JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeObjectFieldStart("environment");
            for (Map.Entry<String, String> fact : environment.facts().entrySet()) {
                json.writeStringField(fact.getKey(), fact.getValue());
            }
            json.writeEndObject();
            json.writeStringField("profile", plan.profile());
            json.writeArrayFieldStart("results");
            for (Load load : results.loads()) {
                for (String contender : results.contenders(load)) {
                    json.writeStartObject();
                    json.writeStringField("load", load.toString());
                    json.writeStringField("contender", contender);
                    json.writeFieldName("median");
                    writeJson(json, results.median(load, contender));
                    json.writeArrayFieldStart("rounds");
                    for (Measurement round : results.rounds(load, contender)) {
                        writeJson(json, round);
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void writeJson(JsonGenerator json, Measurement measurement) throws IOException {
        json.writeStartObject();
        json.writeNumberField("operations", measurement.operations());
        json.writeNumberField("operationsPerSecond", measurement.throughput());
        json.writeNumberField("cpuMicrosPerOperation", measurement.cpuMicros());
        json.writeNumberField("allocatedBytesPerOperation", measurement.allocatedBytes());
        if (!Double.isNaN(measurement.p50Micros())) {
            json.writeNumberField("p50Micros", measurement.p50Micros());
            json.writeNumberField("p99Micros", measurement.p99Micros());
        }
        json.writeEndObject();
    }

    private String markdown() {
        StringBuilder out = new StringBuilder("# Comparison\n\n");
        out.append("Medians of ")
                .append(plan.rounds())
                .append(" rounds of ")
                .append(plan.round().toMillis())
                .append(" ms by turns (profile `")
                .append(plan.profile())
                .append("`). A load such as `point-64/8` has 64 operations in flight on 8 connections; pgjdbc has one")
                .append(" on each. CPU is that of the client's process with its garbage collector and compiler.\n\n");
        environment
                .facts()
                .forEach((name, value) ->
                        out.append("- ").append(name).append(": ").append(value).append('\n'));
        out.append(new Ratios(results).markdown());
        out.append("\n## Figures\n");
        for (Load load : results.loads()) {
            table(out, load);
        }
        return out.toString();
    }

    private void table(StringBuilder out, Load load) {
        boolean bulk = load.workload().isBulk();
        out.append("\n### ").append(load).append("\n\n");
        out.append("| | ").append(bulk ? "rows/s" : "operations/s").append(" | CPU µs/operation | B/operation |");
        List<String> contenders = results.contenders(load);
        boolean timed = contenders.stream()
                .anyMatch(contender ->
                        !Double.isNaN(results.median(load, contender).p50Micros()));
        out.append(timed ? " p50 µs | p99 µs |\n|---|--:|--:|--:|--:|--:|\n" : "\n|---|--:|--:|--:|\n");
        int rows = plan.dataset().bulkRows(load.workload());
        for (String contender : contenders) {
            Measurement median = results.median(load, contender);
            out.append("| ").append(contender).append(" | ");
            out.append(cell(median.throughput() * rows, 0));
            out.append(cell(median.cpuMicros(), 1)).append(cell(median.allocatedBytes(), 0));
            if (timed) {
                out.append(cell(median.p50Micros(), 1)).append(cell(median.p99Micros(), 1));
            }
            out.setLength(out.length() - 1);
            out.append('\n');
        }
    }

    private static String cell(double value, int decimals) {
        return Double.isNaN(value) ? "– | " : String.format(Locale.ROOT, "%,." + decimals + "f | ", value);
    }
}
