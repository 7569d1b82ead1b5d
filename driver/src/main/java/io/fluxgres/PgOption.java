package io.fluxgres;

import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
            option("host", "localhost", "localhost", "Host name or IP address.", OptionKind.host());

    public static final PgOption<Integer> PORT =
            option("port", 5432, "5432", "TCP port.", OptionKind.integer(1, 65535));

    public static final PgOption<String> SOCKET = option(
            "socket",
            null,
            "none",
            "Path of the server's Unix domain socket file; takes the place of host and port. Needs a native transport.",
            OptionKind.text());

    public static final PgOption<String> USER = option(
            "user", System.getProperty("user.name"), "operating system user", "Role to log in as.", OptionKind.text());

    public static final PgOption<String> PASSWORD =
            option("password", null, "none", "Password; never printed.", OptionKind.anyText());

    public static final PgOption<String> DATABASE =
            option("database", null, "the user's name", "Database to connect to.", OptionKind.text());

    public static final PgOption<String> APPLICATION_NAME = option(
            "applicationName",
            "fluxgres",
            "fluxgres",
            "Name shown in pg_stat_activity and the server's log.",
            OptionKind.anyText());

    public static final PgOption<ZoneId> TIME_ZONE = option(
            "timeZone",
            ZoneId.systemDefault(),
            "the JVM's zone",
            "The session's time zone, which gives local times their meaning where the server converts them.",
            OptionKind.zone());

    public static final PgOption<Duration> CONNECT_TIMEOUT = option(
            "connectTimeout",
            Duration.ofSeconds(10),
            "10s",
            "Deadline of a connect: name resolution, TCP and authentication together.",
            OptionKind.duration());

    public static final PgOption<Set<PgAuthenticationMethod>> REQUIRE_AUTH = option(
            "requireAuth",
            Collections.unmodifiableSet(EnumSet.allOf(PgAuthenticationMethod.class)),
            "any",
            "Methods of authentication that are accepted.",
            OptionKind.methods());

    public static final PgOption<Boolean> ALLOW_CLEARTEXT_PASSWORD = option(
            "allowCleartextPassword",
            false,
            "false",
            "Whether the password may be sent in clear over an unencrypted TCP connection, if the server asks for it.",
            OptionKind.flag());

    public static final PgOption<Integer> SCRAM_MAX_ITERATIONS = option(
            "scramMaxIterations",
            100_000,
            "100000",
            "Most iterations of the password's hash that a server may ask for; fewer than 4096 are always refused.",
            OptionKind.integer(4096, 10_000_000));

    public static final PgOption<PgProtocolVersion> MAX_PROTOCOL_VERSION = option(
            "maxProtocolVersion",
            PgProtocolVersion.V3_0,
            "3.0",
            "Protocol version to ask for: 3.0, or 3.2 (PostgreSQL 18) for long cancel keys.",
            OptionKind.constant(PgProtocolVersion.class, PgProtocolVersion::word));

    public static final PgOption<PgQueryMode> QUERY_MODE = option(
            "queryMode",
            PgQueryMode.EXTENDED,
            "extended",
            "Protocol of queries: extended, simple (values become literals in the SQL), or auto (asks the server with one"
                    + " more round trip at connect whether it knows the extended one).",
            OptionKind.constant(PgQueryMode.class));

    public static final PgOption<PgStringType> STRING_TYPE = option(
            "stringType",
            PgStringType.AUTO,
            "auto",
            "Type of strings bound without one: varchar, text, untyped (the server infers it), or auto (varchar, and untyped"
                    + " where the server refuses that).",
            OptionKind.constant(PgStringType.class));

    public static final PgOption<Integer> PREPARE_THRESHOLD = option(
            "prepareThreshold",
            2,
            "2",
            "From which execution on a connection a statement is kept prepared, with binary results.",
            OptionKind.integer(1, Integer.MAX_VALUE));

    public static final PgOption<Integer> STATEMENT_CACHE_SIZE = option(
            "statementCacheSize",
            256,
            "256",
            "Prepared statements kept on a connection; 0 keeps none, for poolers that share sessions by transaction.",
            OptionKind.integer(0, 65536));

    public static final PgOption<Integer> MAX_ROW_BYTES = option(
            "maxRowBytes",
            (1 << 30) - 1,
            "1 GiB - 1",
            "Longest row accepted from the server, in bytes; a longer one closes the connection.",
            OptionKind.integer(1024, (1 << 30) - 1));

    public static final PgOption<Integer> MAX_MESSAGE_BYTES = option(
            "maxMessageBytes",
            16 * 1024 * 1024,
            "16 MiB",
            "Longest other message accepted from the server, in bytes; a longer one closes the connection.",
            OptionKind.integer(65536, (1 << 30) - 1));

    public static final PgOption<Integer> PIPELINE_DEPTH = option(
            "pipelineDepth",
            256,
            "256",
            "Most requests that are sent ahead of their answers; 1 turns pipelining off.",
            OptionKind.integer(1, 65536));

    public static final PgOption<Integer> PIPELINE_BYTES = option(
            "pipelineBytes",
            1024 * 1024,
            "1 MiB",
            "Bytes of unanswered requests from which on no further one is sent.",
            OptionKind.integer(1, 1 << 30));

    public static final PgOption<Integer> FETCH_SIZE = option(
            "fetchSize",
            0,
            "0",
            "Rows of a query that are fetched at a time where the query does not say; 0 means all at once.",
            OptionKind.integer(0, Integer.MAX_VALUE));

    public static final PgOption<Integer> SPOOL_BYTES = option(
            "spoolBytes",
            16 * 1024 * 1024,
            "16 MiB",
            "Bytes of unrequested rows that a connection keeps while other requests wait behind them.",
            OptionKind.integer(0, 1 << 30));

    public static final PgOption<Long> SPOOL_TOTAL_BYTES = option(
            "spoolTotalBytes",
            256L * 1024 * 1024,
            "256 MiB",
            "The same for all connections of a client together.",
            OptionKind.positive());

    public static final PgOption<Duration> CANCEL_DELAY = option(
            "cancelDelay",
            Duration.ofMillis(20),
            "20ms",
            "How long the rest of a cancelled result is discarded before the server is asked to cancel the statement.",
            OptionKind.duration());

    public static final PgOption<Long> CANCEL_BYTES = option(
            "cancelBytes",
            256L * 1024,
            "256 KiB",
            "How many bytes of it are discarded before that.",
            OptionKind.positive());

    public static final PgOption<Duration> DRAIN_TIMEOUT = option(
            "drainTimeout",
            Duration.ofSeconds(5),
            "5s",
            "How long a cancelled result may take to end in a transaction, or behind a cancel of the statement.",
            OptionKind.duration());

    public static final PgOption<Long> DRAIN_BYTES = option(
            "drainBytes",
            64L * 1024 * 1024,
            "64 MiB",
            "How many bytes of a cancelled result are discarded behind the cancel; socket buffers may hold tens of MiB.",
            OptionKind.positive());

    public static final PgOption<Duration> STATEMENT_TIMEOUT = option(
            "statementTimeout",
            null,
            "none",
            "Deadline of each query, and of BEGIN, COMMIT and the like, from its subscription to the end of the server's"
                    + " answer, kept by the client; the server's own statement_timeout is untouched.",
            OptionKind.duration());

    public static final PgOption<Duration> CONTROL_TIMEOUT = option(
            "controlTimeout",
            Duration.ofSeconds(30),
            "30s",
            "How long BEGIN, COMMIT, ROLLBACK, a savepoint or a reset of the session, once sent, may go unanswered where there"
                    + " is no statementTimeout; and how long a pooled connection may take to come back from its user. Past it"
                    + " the connection is closed.",
            OptionKind.duration());

    public static final PgOption<Duration> VALIDATION_TIMEOUT = option(
            "validationTimeout",
            Duration.ofSeconds(5),
            "5s",
            "How long the server may take to answer when it is asked whether a connection is alive.",
            OptionKind.duration());

    public static final PgOption<Duration> LOCK_TIMEOUT = option(
            "lockTimeout",
            null,
            "none",
            "How long a statement may wait for a lock; sent to the server at startup as lock_timeout, or by SET where a pooler refuses that.",
            OptionKind.milliseconds(Integer.MAX_VALUE));

    public static final PgOption<Integer> SHARED_CONNECTIONS = option(
            "sharedConnections",
            null,
            "one an event loop",
            "Most connections of a client that its single statements share.",
            OptionKind.integer(1, 65536));

    public static final PgOption<Integer> POOL_SIZE = option(
            "poolSize",
            10,
            "10",
            "Most connections of a client besides those, each for one transaction or statement at a time.",
            OptionKind.integer(1, 65536));

    public static final PgOption<Integer> MAX_WAITING = option(
            "maxWaiting",
            10_000,
            "10000",
            "Most statements, and most transactions, of a client that wait for a connection; further ones fail at once.",
            OptionKind.integer(1, Integer.MAX_VALUE));

    public static final PgOption<Duration> ACQUIRE_TIMEOUT = option(
            "acquireTimeout",
            Duration.ofSeconds(10),
            "10s",
            "How long a statement or transaction of a client waits for a connection. As long a connect that fails for a"
                    + " passing reason is repeated.",
            OptionKind.duration());

    public static final PgOption<PgSessionReset> SESSION_RESET = option(
            "sessionReset",
            PgSessionReset.MARKED,
            "marked",
            "When a client resets the session between two users of an exclusive connection: marked (when something may have"
                    + " been left in it), always, or never (for poolers that share sessions by transaction).",
            OptionKind.constant(PgSessionReset.class));

    public static final PgOption<Boolean> TCP_KEEP_ALIVE = option(
            "tcpKeepAlive",
            true,
            "true",
            "Whether TCP probes an idle connection, so that a peer that has vanished is noticed (SO_KEEPALIVE).",
            OptionKind.flag());

    public static final PgOption<Duration> KEEP_ALIVE_IDLE = option(
            "keepAliveIdle",
            null,
            "the system's",
            "How long a connection is idle before the first probe (TCP_KEEPIDLE); without effect where the transport lacks"
                    + " it, as the two below.",
            OptionKind.seconds(32767));

    public static final PgOption<Duration> KEEP_ALIVE_INTERVAL = option(
            "keepAliveInterval",
            null,
            "the system's",
            "How long between two probes (TCP_KEEPINTVL).",
            OptionKind.seconds(32767));

    public static final PgOption<Integer> KEEP_ALIVE_COUNT = option(
            "keepAliveCount",
            null,
            "the system's",
            "After how many unanswered probes the connection is lost (TCP_KEEPCNT).",
            OptionKind.integer(1, 127));

    public static final PgOption<Duration> TCP_USER_TIMEOUT = option(
            "tcpUserTimeout",
            null,
            "the system's",
            "How long sent bytes may stay unacknowledged before the connection is lost (TCP_USER_TIMEOUT, Linux with the"
                    + " native transport only).",
            OptionKind.milliseconds(Integer.MAX_VALUE));

    private final String name;
    private final @Nullable T defaultValue;
    private final String defaultText;
    private final String description;
    private final OptionKind<T> kind;

    private PgOption(
            String name, @Nullable T defaultValue, String defaultText, String description, OptionKind<T> kind) {
        this.name = name;
        this.defaultValue = defaultValue;
        this.defaultText = defaultText;
        this.description = description;
        this.kind = kind;
    }

    private static <T> PgOption<T> option(
            String name, @Nullable T defaultValue, String defaultText, String description, OptionKind<T> kind) {
        PgOption<T> option = new PgOption<>(name, defaultValue, defaultText, description, kind);
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

    /** Returns the class of the values. */
    public Class<?> type() {
        return kind.type();
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

    /** Returns in words which values the option may have. */
    public String range() {
        return kind.range();
    }

    /**
     * Reads a value from text.
     *
     * @throws PgUsageException if the text is no value of this option; the message does not repeat the text
     */
    public T parse(String text) {
        try {
            return require(kind.reader().apply(text));
        } catch (RuntimeException e) {
            throw invalid();
        }
    }

    /** Returns the value if it is one that the option may have. */
    T require(T value) {
        if (!kind.valid().test(value)) {
            throw invalid();
        }
        return value;
    }

    private PgUsageException invalid() {
        return new PgUsageException("the value of option " + name + " is not " + kind.range());
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
