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
 * are; everything that knows options knows them from here. A few have no text form and are given by
 * {@link PgOptions#with} only; their {@link #range} says so.
 *
 * @param <T> the class of the values
 */
public final class PgOption<T> {

    private static final List<PgOption<?>> ALL = new ArrayList<>();

    /** Host name or IP address. */
    public static final PgOption<String> HOST = option("host", "localhost", "localhost", OptionKind.host());

    /** TCP port. */
    public static final PgOption<Integer> PORT = option("port", 5432, "5432", OptionKind.integer(1, 65535));

    /** Path of the server's Unix domain socket file; takes the place of host and port. Needs a native transport. */
    public static final PgOption<String> SOCKET = option("socket", null, "none", OptionKind.text());

    /** Role to log in as. */
    public static final PgOption<String> USER =
            option("user", System.getProperty("user.name"), "operating system user", OptionKind.text());

    /** Password; never printed. */
    public static final PgOption<String> PASSWORD = option("password", null, "none", OptionKind.anyText());

    /** Database to connect to. */
    public static final PgOption<String> DATABASE = option("database", null, "the user's name", OptionKind.text());

    /** Name shown in pg_stat_activity and the server's log. */
    public static final PgOption<String> APPLICATION_NAME =
            option("applicationName", "fluxgres", "fluxgres", OptionKind.anyText());

    /** The session's time zone, which gives local times their meaning where the server converts them. */
    public static final PgOption<ZoneId> TIME_ZONE =
            option("timeZone", ZoneId.systemDefault(), "the JVM's zone", OptionKind.zone());

    /** Deadline of a connect: name resolution, TCP and authentication together. */
    public static final PgOption<Duration> CONNECT_TIMEOUT =
            option("connectTimeout", Duration.ofSeconds(10), "10s", OptionKind.duration());

    /** Methods of authentication that are accepted. */
    public static final PgOption<Set<PgAuthenticationMethod>> REQUIRE_AUTH = option(
            "requireAuth",
            Collections.unmodifiableSet(EnumSet.allOf(PgAuthenticationMethod.class)),
            "any",
            OptionKind.methods());

    /** Whether the password may be sent in clear over an unencrypted TCP connection, if the server asks for it. */
    public static final PgOption<Boolean> ALLOW_CLEARTEXT_PASSWORD =
            option("allowCleartextPassword", false, "false", OptionKind.flag());

    /** Most iterations of the password's hash that a server may ask for; fewer than 4096 are always refused. */
    public static final PgOption<Integer> SCRAM_MAX_ITERATIONS =
            option("scramMaxIterations", 100_000, "100000", OptionKind.integer(4096, 10_000_000));

    /** Protocol version to ask for: 3.0, or 3.2 (PostgreSQL 18) for long cancel keys. */
    public static final PgOption<PgProtocolVersion> MAX_PROTOCOL_VERSION = option(
            "maxProtocolVersion",
            PgProtocolVersion.V3_0,
            "3.0",
            OptionKind.constant(PgProtocolVersion.class, PgProtocolVersion::word));

    /**
     * Protocol of queries: extended, simple (values become literals in the SQL), or auto (asks the server with one more
     * round trip at connect whether it knows the extended one).
     */
    public static final PgOption<PgQueryMode> QUERY_MODE =
            option("queryMode", PgQueryMode.EXTENDED, "extended", OptionKind.constant(PgQueryMode.class));

    /**
     * Type of strings bound without one: varchar, text, untyped (the server infers it), or auto (varchar, and untyped
     * where the server refuses that).
     */
    public static final PgOption<PgStringType> STRING_TYPE =
            option("stringType", PgStringType.AUTO, "auto", OptionKind.constant(PgStringType.class));

    /** From which execution on a connection a statement is kept prepared, with binary results. */
    public static final PgOption<Integer> PREPARE_THRESHOLD =
            option("prepareThreshold", 2, "2", OptionKind.integer(1, Integer.MAX_VALUE));

    /** Prepared statements kept on a connection; 0 keeps none, for poolers that share sessions by transaction. */
    public static final PgOption<Integer> STATEMENT_CACHE_SIZE =
            option("statementCacheSize", 256, "256", OptionKind.integer(0, 65536));

    /** Longest row accepted from the server, in bytes; a longer one closes the connection. */
    public static final PgOption<Integer> MAX_ROW_BYTES =
            option("maxRowBytes", (1 << 30) - 1, "1 GiB - 1", OptionKind.integer(1024, (1 << 30) - 1));

    /** Longest message other than a row accepted from the server, in bytes; a longer one closes the connection. */
    public static final PgOption<Integer> MAX_MESSAGE_BYTES =
            option("maxMessageBytes", 16 * 1024 * 1024, "16 MiB", OptionKind.integer(65536, (1 << 30) - 1));

    /** Most requests that are sent ahead of their answers; 1 turns pipelining off. */
    public static final PgOption<Integer> PIPELINE_DEPTH =
            option("pipelineDepth", 256, "256", OptionKind.integer(1, 65536));

    /** Bytes of unanswered requests from which on no further one is sent. */
    public static final PgOption<Integer> PIPELINE_BYTES =
            option("pipelineBytes", 1024 * 1024, "1 MiB", OptionKind.integer(1, 1 << 30));

    /** Rows of a query that are fetched at a time where the query does not say; 0 means all at once. */
    public static final PgOption<Integer> FETCH_SIZE =
            option("fetchSize", 0, "0", OptionKind.integer(0, Integer.MAX_VALUE));

    /** Bytes of unrequested rows that a connection keeps while other requests wait behind them. */
    public static final PgOption<Integer> SPOOL_BYTES =
            option("spoolBytes", 16 * 1024 * 1024, "16 MiB", OptionKind.integer(0, 1 << 30));

    /** Bytes of unrequested rows that all connections of a client keep together while other requests wait behind them. */
    public static final PgOption<Long> SPOOL_TOTAL_BYTES =
            option("spoolTotalBytes", 256L * 1024 * 1024, "256 MiB", OptionKind.positive());

    /** How long the rest of a cancelled result is discarded before the server is asked to cancel the statement. */
    public static final PgOption<Duration> CANCEL_DELAY =
            option("cancelDelay", Duration.ofMillis(20), "20ms", OptionKind.duration());

    /** How many bytes of a cancelled result are discarded before the server is asked to cancel the statement. */
    public static final PgOption<Long> CANCEL_BYTES =
            option("cancelBytes", 256L * 1024, "256 KiB", OptionKind.positive());

    /** How long a cancelled result may take to end in a transaction, or behind a cancel of the statement. */
    public static final PgOption<Duration> DRAIN_TIMEOUT =
            option("drainTimeout", Duration.ofSeconds(5), "5s", OptionKind.duration());

    /** How many bytes of a cancelled result are discarded behind the cancel; socket buffers may hold tens of MiB. */
    public static final PgOption<Long> DRAIN_BYTES =
            option("drainBytes", 64L * 1024 * 1024, "64 MiB", OptionKind.positive());

    /**
     * Deadline of each query, and of BEGIN, COMMIT and the like, from its subscription to the end of the server's answer,
     * kept by the client; the server's own statement_timeout is untouched.
     */
    public static final PgOption<Duration> STATEMENT_TIMEOUT =
            option("statementTimeout", null, "none", OptionKind.duration());

    /**
     * How long BEGIN, COMMIT, ROLLBACK, a savepoint or a reset of the session, once sent, may go unanswered where there is
     * no statementTimeout; and how long a pooled connection may take to come back from its user. Past it the connection is
     * closed.
     */
    public static final PgOption<Duration> CONTROL_TIMEOUT =
            option("controlTimeout", Duration.ofSeconds(30), "30s", OptionKind.duration());

    /** How long the server may take to answer when it is asked whether a connection is alive. */
    public static final PgOption<Duration> VALIDATION_TIMEOUT =
            option("validationTimeout", Duration.ofSeconds(5), "5s", OptionKind.duration());

    /**
     * How long a statement may wait for a lock; sent to the server at startup as lock_timeout, or by SET where a pooler
     * refuses that.
     */
    public static final PgOption<Duration> LOCK_TIMEOUT =
            option("lockTimeout", null, "none", OptionKind.milliseconds(Integer.MAX_VALUE));

    /** Most connections of a client that its single statements share. */
    public static final PgOption<Integer> SHARED_CONNECTIONS =
            option("sharedConnections", null, "one an event loop", OptionKind.integer(1, 65536));

    /** Most connections of a client besides the shared ones, each for one transaction or statement at a time. */
    public static final PgOption<Integer> POOL_SIZE = option("poolSize", 10, "10", OptionKind.integer(1, 65536));

    /** Most statements, and most transactions, of a client that wait for a connection; further ones fail at once. */
    public static final PgOption<Integer> MAX_WAITING =
            option("maxWaiting", 10_000, "10000", OptionKind.integer(1, Integer.MAX_VALUE));

    /**
     * How long a statement or transaction of a client waits for a connection. As long a connect that fails for a passing
     * reason is repeated.
     */
    public static final PgOption<Duration> ACQUIRE_TIMEOUT =
            option("acquireTimeout", Duration.ofSeconds(10), "10s", OptionKind.duration());

    /**
     * When a client resets the session between two users of an exclusive connection: marked (when something may have been
     * left in it), always, or never (for poolers that share sessions by transaction).
     */
    public static final PgOption<PgSessionReset> SESSION_RESET =
            option("sessionReset", PgSessionReset.MARKED, "marked", OptionKind.constant(PgSessionReset.class));

    /** Whether TCP probes an idle connection, so that a peer that has vanished is noticed (SO_KEEPALIVE). */
    public static final PgOption<Boolean> TCP_KEEP_ALIVE = option("tcpKeepAlive", true, "true", OptionKind.flag());

    /**
     * How long a connection is idle before the first probe (TCP_KEEPIDLE); without effect where the transport lacks it, as
     * keepAliveInterval and keepAliveCount are.
     */
    public static final PgOption<Duration> KEEP_ALIVE_IDLE =
            option("keepAliveIdle", null, "the system's", OptionKind.seconds(32767));

    /** How long between two probes of an idle connection (TCP_KEEPINTVL). */
    public static final PgOption<Duration> KEEP_ALIVE_INTERVAL =
            option("keepAliveInterval", null, "the system's", OptionKind.seconds(32767));

    /** After how many unanswered probes the connection is lost (TCP_KEEPCNT). */
    public static final PgOption<Integer> KEEP_ALIVE_COUNT =
            option("keepAliveCount", null, "the system's", OptionKind.integer(1, 127));

    /**
     * How long sent bytes may stay unacknowledged before the connection is lost (TCP_USER_TIMEOUT, Linux with the native
     * transport only).
     */
    public static final PgOption<Duration> TCP_USER_TIMEOUT =
            option("tcpUserTimeout", null, "the system's", OptionKind.milliseconds(Integer.MAX_VALUE));

    /** Who hears of the connections and queries of a client, for metrics and traces. */
    public static final PgOption<PgObserver> OBSERVER =
            option("observer", null, "none", OptionKind.object(PgObserver.class));

    private final String name;
    private final @Nullable T defaultValue;
    private final String defaultText;
    private final OptionKind<T> kind;

    private PgOption(String name, @Nullable T defaultValue, String defaultText, OptionKind<T> kind) {
        this.name = name;
        this.defaultValue = defaultValue;
        this.defaultText = defaultText;
        this.kind = kind;
    }

    private static <T> PgOption<T> option(
            String name, @Nullable T defaultValue, String defaultText, OptionKind<T> kind) {
        PgOption<T> option = new PgOption<>(name, defaultValue, defaultText, kind);
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
