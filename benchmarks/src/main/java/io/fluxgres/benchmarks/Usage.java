package io.fluxgres.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this JVM has used up to a moment.
 *
 * @param cpuNanos CPU time of the process, with that of its compiler and garbage collector
 * @param allocatedBytes heap memory that the live threads have allocated
 */
record Usage(long nanos, long cpuNanos, long allocatedBytes) {

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Usage now() {
        long allocated = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            allocated += Math.max(bytes, 0);
        }
        return new Usage(System.nanoTime(), PROCESS.getProcessCpuTime(), allocated);
    }

    Usage minus(Usage earlier) {
        return new Usage(nanos - earlier.nanos, cpuNanos - earlier.cpuNanos, allocatedBytes - earlier.allocatedBytes);
    }
}
