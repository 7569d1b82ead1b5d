package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Workload.Load;
import io.fluxgres.benchmarks.contender.Client;
import io.fluxgres.benchmarks.contender.Contender;
import io.fluxgres.benchmarks.contender.Contenders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The JVM of one contender. Reads commands, one a line: a load, the milliseconds to warm up and the milliseconds to measure;
 * answers each with a line that begins with {@link #ANSWER}. Says {@link #READY} before the first.
 */
public final class Worker implements AutoCloseable {

    static final String READY = "ready";
    static final String ANSWER = "measured ";
    static final String FAILURE = "failed ";

    private final String name;
    private final Contender contender;
    private final Target target;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Worker(String name, Target target) {
        this.name = name;
        this.contender = Contenders.create(name, target);
        this.target = target;
    }

    /** Serves the commands of the standard input: the arguments are the name of a contender and a target. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (Worker worker = new Worker(arguments[0], Target.parse(arguments[1]));
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(READY);
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] command = line.split(" ", -1);
                System.out.println(worker.answer(
                        Load.parse(command[0]),
                        Duration.ofMillis(Long.parseLong(command[1])),
                        Duration.ofMillis(Long.parseLong(command[2]))));
            }
        }
        System.exit(0);
    }

    private String answer(Load load, Duration warmUp, Duration duration) throws InterruptedException {
        try {
            return ANSWER + measure(load, warmUp, duration).format();
        } catch (RuntimeException e) {
            e.printStackTrace();
            return FAILURE + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }

    /** Runs a load on connections of its own, first without and then with a watch on it. */
    Measurement measure(Load load, Duration warmUp, Duration duration) throws InterruptedException {
        if (load.roundTrip() == 0) {
            return measure(contender, load, warmUp, duration);
        }
        try (Contender far = Contenders.create(name, target.far(load.roundTrip()))) {
            return measure(far, load, warmUp, duration);
        }
    }

    private Measurement measure(Contender contender, Load load, Duration warmUp, Duration duration)
            throws InterruptedException {
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < load.connections(); i++) {
                clients.add(contender.connect(load.workload()));
            }
            if (!warmUp.isZero()) {
                new LoadRun(load, contender, clients, target.dataset()).run(warmUp, contender, threads);
            }
            LoadRun run = new LoadRun(load, contender, clients, target.dataset());
            System.gc();
            return run.run(duration, contender, threads);
        } finally {
            clients.forEach(Client::close);
        }
    }

    @Override
    public void close() {
        contender.close();
        threads.shutdownNow();
    }
}
