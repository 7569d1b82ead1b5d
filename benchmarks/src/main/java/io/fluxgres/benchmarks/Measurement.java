package io.fluxgres.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What was measured of a load.
 *
 * @param operations operations that completed
 * @param throughput operations a second
 * @param cpuMicros CPU time of the client's process an operation, in microseconds
 * @param allocatedBytes heap memory allocated an operation
 * @param p50Micros time of an operation that half of them did not exceed; NaN if several are in flight
 * @param p99Micros the same of 99 in 100
 */
record Measurement(
        long operations,
        double throughput,
        double cpuMicros,
        double allocatedBytes,
        double p50Micros,
        double p99Micros) {

    /** Returns the median of each figure by itself. */
    static Measurement median(List<Measurement> rounds) {
        return new Measurement(
                rounds.stream().mapToLong(Measurement::operations).sum(),
                median(rounds, Measurement::throughput),
                median(rounds, Measurement::cpuMicros),
                median(rounds, Measurement::allocatedBytes),
                median(rounds, Measurement::p50Micros),
                median(rounds, Measurement::p99Micros));
    }

    private static double median(List<Measurement> rounds, ToDoubleFunction<Measurement> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Returns the form that {@link #parse} reads. */
    String format() {
        return operations + " " + throughput + " " + cpuMicros + " " + allocatedBytes + " " + p50Micros + " "
                + p99Micros;
    }

    static Measurement parse(String text) {
        String[] parts = text.split(" ", -1);
        return new Measurement(
                Long.parseLong(parts[0]),
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Double.parseDouble(parts[3]),
                Double.parseDouble(parts[4]),
                Double.parseDouble(parts[5]));
    }
}
