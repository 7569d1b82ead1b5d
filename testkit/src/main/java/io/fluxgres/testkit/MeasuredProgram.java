package io.fluxgres.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program measured in a JVM of its own, of which it prints each figure as a line {@code name=number}. Netty's leak
 * detector is off there, for it allocates for each access.
 */
public final class MeasuredProgram {

    private final String printed;

    private MeasuredProgram(String printed) {
        this.printed = printed;
    }

    /**
     * Runs a program of this JVM's class path to its end.
     *
     * @param directory where the output is kept
     * @param options of the JVM
     */
    public static MeasuredProgram run(Path directory, Class<?> program, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(options);
        all.add("-Dio.netty.leakDetection.level=disabled");
        return new MeasuredProgram(ChildJvm.run(directory, program, all, arguments));
    }

    /** Returns the last figure of a name. */
    public double last(String name) {
        List<Double> figures = all(name);
        return figures.get(figures.size() - 1);
    }

    /** Returns the figures of a name, of which there is one at least, as they were printed. */
    public List<Double> all(String name) {
        List<Double> figures = printed.lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> Double.valueOf(line.substring(name.length() + 1)))
                .toList();
        if (figures.isEmpty()) {
            throw new AssertionError("no figure " + name + "; printed: " + printed);
        }
        return figures;
    }

    /** Returns all that was printed. */
    @Override
    public String toString() {
        return printed;
    }
}
