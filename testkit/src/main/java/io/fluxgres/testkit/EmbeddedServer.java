package io.fluxgres.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * Starts PostgreSQL from binaries that come as a Maven artifact, as a child process on a free port of this machine. Its
 * data and its log live in temporary directories that go with the JVM.
 */
final class EmbeddedServer {

    private static final String SUPERUSER = "postgres";

    /**
     * Holds the unpacked binaries and the data directories together. Each start looks through it for servers whose JVM was
     * killed before it could stop them, and stops those older than ten minutes.
     */
    private static final Path WORKING_DIRECTORY = Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg");

    private static final Map<String, String> CONFIGURATION = Map.of(
            "fsync", "off",
            "synchronous_commit", "off",
            "full_page_writes", "off",
            "max_connections", "200",
            "max_prepared_transactions", "10",
            "wal_level", "logical",
            "log_statement", "none");

    private EmbeddedServer() {}

    static TestServer start() {
        boolean windows = File.separatorChar == '\\';
        try {
            Path directory = temporaryDirectory(windows);
            Path log = directory.resolve("server.log");
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(WORKING_DIRECTORY.toFile())
                    .setDataDirectory(
                            WORKING_DIRECTORY.resolve(UUID.randomUUID().toString()))
                    .setLocaleConfig("locale", "C")
                    .setDataDirectoryCustomizer(EmbeddedServer::writeHostBasedAuthentication)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setOutputRedirector(Redirect.appendTo(log.toFile()))
                    .setErrorRedirector(Redirect.appendTo(log.toFile()))
                    .setRegisterShutdownHook(false);
            CONFIGURATION.forEach(builder::setServerConfig);
            if (!windows) {
                builder.setServerConfig("unix_socket_directories", directory.toString());
            }
            EmbeddedPostgres process = start(builder, log);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, directory), "postgres-stop"));
            TestServer server = new TestServer(
                    "localhost", process.getPort(), SUPERUSER, "", SUPERUSER, windows ? null : directory, true);
            for (AuthRole role : AuthRole.values()) {
                server.execute(SUPERUSER, role.creation());
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded server has no place for its files", e);
        }
    }

    /** The path of a Unix-domain socket has at most 107 bytes, less than some systems' own temporary directory. */
    private static Path temporaryDirectory(boolean windows) throws IOException {
        return windows ? Files.createTempDirectory("fg") : Files.createTempDirectory(Path.of("/tmp"), "fg");
    }

    private static EmbeddedPostgres start(EmbeddedPostgres.Builder builder, Path log) throws IOException {
        try {
            return builder.start();
        } catch (IOException | RuntimeException e) {
            String output = Files.exists(log) ? Files.readString(log) : "";
            throw new IllegalStateException("The embedded server did not start; its log: " + output, e);
        }
    }

    private static void writeHostBasedAuthentication(File dataDirectory) {
        StringBuilder lines = new StringBuilder();
        for (AuthRole role : AuthRole.values()) {
            lines.append(role.hostBasedAuthentication());
        }
        for (String database : new String[] {"all", "replication"}) {
            lines.append("local %s %s trust%n".formatted(database, SUPERUSER));
            lines.append("host %s %s 127.0.0.1/32 trust%n".formatted(database, SUPERUSER));
            lines.append("host %s %s ::1/128 trust%n".formatted(database, SUPERUSER));
        }
        try {
            Files.writeString(dataDirectory.toPath().resolve("pg_hba.conf"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("pg_hba.conf could not be written", e);
        }
    }

    private static void stop(EmbeddedPostgres process, Path directory) {
        try {
            process.close();
            File[] files = directory.toFile().listFiles();
            for (File file : files == null ? new File[0] : files) {
                Files.deleteIfExists(file.toPath());
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded server left files behind", e);
        }
    }
}
