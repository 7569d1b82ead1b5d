package io.fluxgres.benchmarks;

import java.util.Arrays;

/** The times that operations took, of the first million of them. Confined to the lane that measures them. */
final class Latencies {

    private final long[] nanos = new long[1 << 20];
    private int count;

    void add(long duration) {
        if (count < nanos.length) {
            nanos[count++] = duration;
        }
    }

    /** Returns the time in microseconds that a fraction of the operations did not exceed; NaN if there were none. */
    double micros(double fraction) {
        if (count == 0) {
            return Double.NaN;
        }
        Arrays.sort(nanos, 0, count);
        return nanos[(int) Math.min(count - 1L, (long) (fraction * count))] / 1000.0;
    }
}
