package io.fluxgres.testkit;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A PgBouncer between a test's clients and its server, as a child process on a free port of the loopback address. It takes
 * the user of {@link PostgresExtension} without a password and knows every database of the server.
 *
 * <p>The program is not part of the build: where it is installed neither in the path nor in {@code /usr/sbin}, a test that
 * starts it is skipped. It does not run as root, and there becomes the user {@code nobody}.
 */
public final class PgBouncer implements Closeable {

    /** When a client's connection to the server goes back to the others. */
    public enum PoolMode {
        SESSION,
        TRANSACTION,
        STATEMENT
    }

    private static final long PATIENCE_SECONDS = 20;
    private static final int ATTEMPTS = 5;
    private static final String UNPRIVILEGED = "nobody";

    private final Process process;
    private final int port;
    /** What was written for it, and behind that the directory. */
    private final List<Path> files;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final CountDownLatch decided = new CountDownLatch(1);
    private final CountDownLatch readToEnd = new CountDownLatch(1);

    private PgBouncer(Process process, int port, List<Path> files) {
        this.process = process;
        this.port = port;
        this.files = files;
    }

    /**
     * Starts one and waits until clients may connect.
     *
     * @param settings further lines of its section {@code [pgbouncer]}, such as {@code default_pool_size = 2}
     */
    public static PgBouncer start(PostgresExtension postgres, PoolMode mode, String... settings) {
        Optional<Path> program = program();
        Assumptions.assumeTrue(
                program.isPresent(), "The test needs PgBouncer, but there is no pgbouncer in the path or in /usr/sbin");
        try {
            for (int attempt = 1; ; attempt++) {
                PgBouncer started = start(program.orElseThrow(), postgres, mode, settings);
                if (started.isUp()) {
                    return started;
                }
                started.close();
                // somebody else may have taken the port
                if (attempt == ATTEMPTS) {
                    throw new IllegalStateException("PgBouncer did not start; its log: " + started.log);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("PgBouncer cannot be started", e);
        }
    }

    private static Optional<Path> program() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static PgBouncer start(Path program, PostgresExtension postgres, PoolMode mode, String... settings)
            throws IOException {
        int port = freePort();
        Path directory = Files.createTempDirectory("pgbouncer");
        Path users = Files.writeString(
                directory.resolve("userlist.txt"),
                "%s %s%n".formatted(quoted(postgres.user()), quoted(postgres.password())));
        Path configuration =
                Files.write(directory.resolve("pgbouncer.ini"), configuration(postgres, port, users, mode, settings));
        List<String> command = new ArrayList<>(List.of(program.toString()));
        if ("root".equals(System.getProperty("user.name"))) {
            handOver(List.of(directory, users, configuration));
            command.addAll(List.of("-u", UNPRIVILEGED));
        }
        command.add(configuration.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        PgBouncer pooler = new PgBouncer(process, port, List.of(users, configuration, directory));
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "pgbouncer-stop"));
        Thread reader = new Thread(pooler::readLog, "pgbouncer-log");
        reader.setDaemon(true);
        reader.start();
        return pooler;
    }

    private static void handOver(List<Path> files) {
        try {
            for (Path file : files) {
                UserPrincipalLookupService users = file.getFileSystem().getUserPrincipalLookupService();
                Files.setOwner(file, users.lookupPrincipalByName(UNPRIVILEGED));
            }
        } catch (IOException e) {
            Assumptions.abort("PgBouncer does not run as root, and its files cannot be given to another user: " + e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    private static List<String> configuration(
            PostgresExtension postgres, int port, Path users, PoolMode mode, String... settings) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "[databases]",
                "* = host=%s port=%d"
                        .formatted(InetAddress.getByName(postgres.host()).getHostAddress(), postgres.port()),
                "[pgbouncer]",
                "listen_addr = 127.0.0.1",
                "listen_port = " + port,
                "unix_socket_dir =",
                "auth_type = trust",
                "auth_file = " + users,
                "pool_mode = " + mode.name().toLowerCase(Locale.ROOT)));
        lines.addAll(List.of(settings));
        return lines;
    }

    private void readLog() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.add(line);
                if (line.contains("process up")) {
                    decided.countDown();
                }
            }
        } catch (IOException e) {
            log.add(e.toString());
        } finally {
            decided.countDown();
            readToEnd.countDown();
        }
    }

    private boolean isUp() {
        await(decided);
        return process.isAlive() && log.stream().anyMatch(line -> line.contains("process up"));
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns the port to connect to, on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Returns what it has logged so far. */
    public List<String> log() {
        return List.copyOf(log);
    }

    /** Ends the process and with it all connections. */
    @Override
    public void close() {
        // unlike Process.destroy this leaves its output readable, whose end is that of the process
        process.toHandle().destroy();
        if (!await(readToEnd)) {
            process.destroyForcibly();
        }
        try {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("PgBouncer left files behind", e);
        }
    }
}
