package io.fluxgres.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import reactor.netty.resources.LoopResources;

/**
 * Where and with what a comparison was made.
 *
 * @param facts names and values, in the order of the report
 */
record Environment(Map<String, String> facts) {

    static Environment of(Server server) throws SQLException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("processor", processor() + ", " + Runtime.getRuntime().availableProcessors() + " available");
        facts.put("operating system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("JDK", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        facts.put("JVM arguments", String.join(" ", WorkerProcess.JVM_ARGUMENTS));
        facts.put("PostgreSQL", server.version() + " on the same machine, " + new TreeMap<>(Server.SETTINGS));
        facts.put("Fluxgres", version("fluxgres-driver"));
        facts.put("r2dbc-postgresql", version("r2dbc-postgresql"));
        facts.put("vertx-pg-client", version("vertx-pg-client"));
        facts.put("pgjdbc", version("postgresql"));
        facts.put("Netty", version("netty-transport") + ", " + transport());
        facts.put("Reactor Netty", version("reactor-netty-core"));
        return new Environment(facts);
    }

    private static String processor() {
        Path file = Path.of("/proc/cpuinfo");
        if (Files.isReadable(file)) {
            try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).trim())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException e) {
                return System.getProperty("os.arch");
            }
        }
        return System.getProperty("os.arch");
    }

    private static String transport() {
        return LoopResources.hasNativeSupport() ? "native transport" : "NIO transport";
    }

    /** Reads the version from the name of the jar on the class path. */
    private static String version(String artifact) {
        String prefix = artifact + "-";
        for (String entry : System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1)) {
            String name = Objects.requireNonNull(Path.of(entry).getFileName()).toString();
            if (name.startsWith(prefix) && Character.isDigit(name.charAt(prefix.length()))) {
                return name.substring(prefix.length(), name.length() - ".jar".length());
            }
        }
        return "unknown";
    }
}
