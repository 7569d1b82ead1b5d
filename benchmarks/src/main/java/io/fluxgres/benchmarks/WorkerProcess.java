package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Workload.Load;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link Worker} in a JVM of its own, so that no contender runs on code that was compiled for another one's habits. */
final class WorkerProcess implements AutoCloseable {

    /**
     * The same for every contender: a heap that does not grow keeps the garbage collector's work comparable, and one that was
     * touched before is not cleared page by page in the middle of a round.
     */
    static final List<String> JVM_ARGUMENTS = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

    private final String contender;
    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    private WorkerProcess(String contender, Process process) {
        this.contender = contender;
        this.process = process;
        this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static WorkerProcess start(String contender, Target target) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_ARGUMENTS);
        if (Runtime.version().feature() >= 24) {
            // Netty's native transport and buffers warn without
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.add("-classpath");
        command.add(System.getProperty("java.class.path"));
        command.add(Worker.class.getName());
        command.add(contender);
        command.add(target.format());
        WorkerProcess worker = new WorkerProcess(
                contender,
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
        // the start of a JVM would disturb whoever is being measured
        worker.awaitReady();
        return worker;
    }

    private void awaitReady() throws IOException {
        String line = answers.readLine();
        while (line != null && !line.equals(Worker.READY)) {
            line = answers.readLine();
        }
        if (line == null) {
            throw ended();
        }
    }

    private IOException ended() {
        return new IOException("the JVM of " + contender + " has ended");
    }

    /** Has a load measured. */
    Measurement measure(Load load, Duration warmUp, Duration duration) throws IOException {
        commands.write(load + " " + warmUp.toMillis() + " " + duration.toMillis() + "\n");
        commands.flush();
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(Worker.ANSWER)) {
                return Measurement.parse(line.substring(Worker.ANSWER.length()));
            }
            if (line.startsWith(Worker.FAILURE)) {
                throw new IOException(line);
            }
        }
        throw ended();
    }

    @Override
    public void close() throws IOException {
        commands.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
