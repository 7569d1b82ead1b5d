package io.fluxgres.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program in a JVM of its own, in the time zone of this one, for what options of the JVM decide: the size of the heap,
 * or modules.
 */
public final class ChildJvm {

    private static final long PATIENCE_SECONDS = 120;

    private ChildJvm() {}

    /** Returns the entries of this JVM's class path. */
    public static List<Path> classPath() {
        return List.of(System.getProperty("java.class.path").split(System.getProperty("path.separator"))).stream()
                .map(Path::of)
                .toList();
    }

    /**
     * Runs a program of this JVM's class path and returns what it printed; fails if it does not end by itself with status 0.
     *
     * @param directory where the output is kept
     * @param options of the JVM
     */
    public static String run(Path directory, Class<?> program, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        all.addAll(List.of(arguments));
        return run(directory, all);
    }

    /**
     * Runs {@code java} with arguments and returns what it printed; fails if it does not end by itself with status 0.
     *
     * @param directory where the output is kept
     */
    public static String run(Path directory, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Duser.timezone=" + ZoneId.systemDefault());
        command.addAll(arguments);
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String printed = Files.readString(output);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(
                        (ended ? "status " + process.exitValue() : "it goes on after " + PATIENCE_SECONDS + " s")
                                + "; printed: " + printed);
            }
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }
}
