package io.fluxgres;

import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An option of connections: its name in URIs, its default and how its text is read. The constants are all options there
 * are; everything that knows options knows them from here.
 *
 * @param <T> the class of the values
 */
public final class PgOption<T> {

    private static final List<PgOption<?>> ALL = new ArrayList<>();

    /** Host name or address. */
    public static final PgOption<String> HOST =
            option("host", "localhost", "localhost", "Host name or IP address.", text -> text);

    public static final PgOption<Integer> PORT = option("port", 5432, "5432", "TCP port.", integer(1, 65535));

    public static final PgOption<String> SOCKET = option(
            "socket",
            null,
            "none",
            "Path of the server's Unix domain socket file; takes the place of host and port. Needs a native transport.",
            text -> text);

    public static final PgOption<String> USER = option(
            "user", System.getProperty("user.name"), "operating system user", "Role to log in as.", text -> text);

    public static final PgOption<String> PASSWORD =
            option("password", null, "none", "Password; never printed.", text -> text);

    public static final PgOption<String> DATABASE =
            option("database", null, "the user's name", "Database to connect to.", text -> text);

    public static final PgOption<String> APPLICATION_NAME = option(
            "applicationName",
            "fluxgres",
            "fluxgres",
            "Name shown in pg_stat_activity and the server's log.",
            text -> text);

    public static final PgOption<ZoneId> TIME_ZONE = option(
            "timeZone",
            ZoneId.systemDefault(),
            "the JVM's zone",
            "The session's time zone, which gives local times their meaning where the server converts them.",
            ZoneId::of);

    public static final PgOption<Duration> CONNECT_TIMEOUT = option(
            "connectTimeout",
            Duration.ofSeconds(10),
            "10s",
            "Deadline of a connect: name resolution, TCP and authentication together.",
            PgOption::duration);

    public static final PgOption<Set<PgAuthenticationMethod>> REQUIRE_AUTH = option(
            "requireAuth",
            Collections.unmodifiableSet(EnumSet.allOf(PgAuthenticationMethod.class)),
            "any",
            "Comma-separated methods of authentication that are accepted: none, password, md5, scram-sha-256.",
            PgOption::methods);

    public static final PgOption<Boolean> ALLOW_CLEARTEXT_PASSWORD = option(
            "allowCleartextPassword",
            false,
            "false",
            "Whether the password may be sent in clear over an unencrypted TCP connection, if the server asks for it.",
            PgOption::flag);

    public static final PgOption<Integer> SCRAM_MAX_ITERATIONS = option(
            "scramMaxIterations",
            100_000,
            "100000",
            "Most iterations of the password's hash that a server may ask for; fewer than 4096 are always refused.",
            integer(4096, 10_000_000));

    public static final PgOption<String> MAX_PROTOCOL_VERSION = option(
            "maxProtocolVersion",
            "3.0",
            "3.0",
            "Protocol version to ask for: 3.0, or 3.2 (PostgreSQL 18) for long cancel keys.",
            oneOf("3.0", "3.2"));

    public static final PgOption<String> QUERY_MODE = option(
            "queryMode",
            "extended",
            "extended",
            "Protocol of queries: extended, simple (values become literals in the SQL), or auto (asks the server with one"
                    + " more round trip at connect whether it knows the extended one).",
            oneOf("extended", "simple", "auto"));

    public static final PgOption<String> STRING_TYPE = option(
            "stringType",
            "auto",
            "auto",
            "Type of strings bound without one: varchar, text, untyped (the server infers it), or auto (varchar, and untyped"
                    + " where the server refuses that).",
            oneOf("auto", "varchar", "text", "untyped"));

    public static final PgOption<Integer> PREPARE_THRESHOLD = option(
            "prepareThreshold",
            2,
            "2",
            "From which execution on a connection a statement is kept prepared, with binary results.",
            integer(1, Integer.MAX_VALUE));

    public static final PgOption<Integer> STATEMENT_CACHE_SIZE = option(
            "statementCacheSize",
            256,
            "256",
            "Prepared statements kept on a connection; 0 keeps none, for poolers that share sessions by transaction.",
            integer(0, 65536));

    public static final PgOption<Integer> MAX_ROW_BYTES = option(
            "maxRowBytes",
            (1 << 30) - 1,
            "1 GiB - 1",
            "Longest row accepted from the server, in bytes; a longer one closes the connection.",
            integer(1024, (1 << 30) - 1));

    public static final PgOption<Integer> MAX_MESSAGE_BYTES = option(
            "maxMessageBytes",
            16 * 1024 * 1024,
            "16 MiB",
            "Longest other message accepted from the server, in bytes; a longer one closes the connection.",
            integer(65536, (1 << 30) - 1));

    public static final PgOption<Integer> PIPELINE_DEPTH = option(
            "pipelineDepth",
            256,
            "256",
            "Most requests that are sent ahead of their answers; 1 turns pipelining off.",
            integer(1, 65536));

    public static final PgOption<Integer> PIPELINE_BYTES = option(
            "pipelineBytes",
            1024 * 1024,
            "1 MiB",
            "Bytes of unanswered requests from which on no further one is sent.",
            integer(1, 1 << 30));

    public static final PgOption<Integer> SPOOL_BYTES = option(
            "spoolBytes",
            16 * 1024 * 1024,
            "16 MiB",
            "Bytes of unrequested rows that a connection keeps while other requests wait behind them.",
            integer(0, 1 << 30));

    public static final PgOption<Long> SPOOL_TOTAL_BYTES = option(
            "spoolTotalBytes",
            256L * 1024 * 1024,
            "256 MiB",
            "The same for all connections of a client together.",
            PgOption::positiveLong);

    public static final PgOption<Duration> CANCEL_DELAY = option(
            "cancelDelay",
            Duration.ofMillis(20),
            "20ms",
            "How long the rest of a cancelled result is discarded before the server is asked to cancel the statement.",
            PgOption::duration);

    public static final PgOption<Long> CANCEL_BYTES = option(
            "cancelBytes",
            256L * 1024,
            "256 KiB",
            "How many bytes of it are discarded before that.",
            PgOption::positiveLong);

    public static final PgOption<Duration> DRAIN_TIMEOUT = option(
            "drainTimeout",
            Duration.ofSeconds(5),
            "5s",
            "How long a cancelled result may take to end in a transaction, or behind a cancel of the statement.",
            PgOption::duration);

    public static final PgOption<Long> DRAIN_BYTES = option(
            "drainBytes",
            16L * 1024 * 1024,
            "16 MiB",
            "How many bytes of it are discarded before that.",
            PgOption::positiveLong);

    private final String name;
    private final @Nullable T defaultValue;
    private final String defaultText;
    private final String description;
    private final Function<String, T> reader;

    private PgOption(
            String name, @Nullable T defaultValue, String defaultText, String description, Function<String, T> reader) {
        this.name = name;
        this.defaultValue = defaultValue;
        this.defaultText = defaultText;
        this.description = description;
        this.reader = reader;
    }

    private static <T> PgOption<T> option(
            String name, @Nullable T defaultValue, String defaultText, String description, Function<String, T> reader) {
        PgOption<T> option = new PgOption<>(name, defaultValue, defaultText, description, reader);
        ALL.add(option);
        return option;
    }

    /** Returns all options, in the order of the documentation. */
    public static List<PgOption<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    /** Returns the name in URIs and documentation. */
    public String name() {
        return name;
    }

    /** Returns the value that counts if none is given; null for none. */
    public @Nullable T defaultValue() {
        return defaultValue;
    }

    /** Returns the default in words. */
    public String defaultText() {
        return defaultText;
    }

    /** Returns what the option does. */
    public String description() {
        return description;
    }

    /**
     * Reads a value from text.
     *
     * @throws PgUsageException if the text is no value of this option; the message does not repeat the text
     */
    public T parse(String text) {
        try {
            return reader.apply(text);
        } catch (RuntimeException e) {
            throw new PgUsageException("the value of option " + name + " is not valid: " + description, null);
        }
    }

    private static Function<String, Integer> integer(int minimum, int maximum) {
        return text -> {
            int value = Integer.parseInt(text);
            if (value < minimum || value > maximum) {
                throw new IllegalArgumentException();
            }
            return value;
        };
    }

    private static Long positiveLong(String text) {
        long value = Long.parseLong(text);
        if (value <= 0) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    private static Function<String, String> oneOf(String... words) {
        return text -> {
            if (!Arrays.asList(words).contains(text)) {
                throw new IllegalArgumentException();
            }
            return text;
        };
    }

    private static Boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        };
    }

    /** Reads {@code 500ms}, {@code 10s}, {@code 2m}, ISO 8601 ({@code PT10S}) or a plain number of milliseconds. */
    private static Duration duration(String text) {
        Duration duration;
        if (text.startsWith("P") || text.startsWith("p")) {
            duration = Duration.parse(text);
        } else if (text.endsWith("ms")) {
            duration = Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
        } else if (text.endsWith("s")) {
            duration = Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
        } else if (text.endsWith("m")) {
            duration = Duration.ofMinutes(Long.parseLong(text.substring(0, text.length() - 1)));
        } else {
            duration = Duration.ofMillis(Long.parseLong(text));
        }
        // what has more milliseconds than a long is an ArithmeticException
        if (duration.toMillis() <= 0) {
            throw new IllegalArgumentException();
        }
        return duration;
    }

    private static Set<PgAuthenticationMethod> methods(String text) {
        Set<PgAuthenticationMethod> methods = Arrays.stream(text.split(",", -1))
                .map(word -> Arrays.stream(PgAuthenticationMethod.values())
                        .filter(method -> method.word().equals(word.trim()))
                        .findAny()
                        .orElseThrow())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(PgAuthenticationMethod.class)));
        return Collections.unmodifiableSet(methods);
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
