package io.fluxgres.r2dbc;

import io.fluxgres.PgAuthenticationMethod;
import io.fluxgres.PgObserver;
import io.fluxgres.PgOption;
import io.fluxgres.PgProtocolVersion;
import io.fluxgres.PgQueryMode;
import io.fluxgres.PgSessionReset;
import io.fluxgres.PgStringType;
import io.r2dbc.spi.Option;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;

/**
 * The driver's options as R2DBC names them, and those that only the adapter has. What each of the driver's does is said at
 * the {@link PgOption} of the same name, and in {@link PgOption#all()}.
 *
 * <pre>{@code
 * ConnectionFactoryOptions.parse("r2dbc:fluxgres://app@localhost/shop").mutate()
 *     .option(FluxgresOptions.STATEMENT_TIMEOUT, Duration.ofSeconds(5))
 *     .option(FluxgresOptions.PIPELINE_DEPTH, 64)
 *     .build();
 * }</pre>
 */
public final class FluxgresOptions {

    public static final Option<String> HOST = of(PgOption.HOST);

    public static final Option<Integer> PORT = of(PgOption.PORT);

    public static final Option<String> SOCKET = of(PgOption.SOCKET);

    public static final Option<String> USER = of(PgOption.USER);

    public static final Option<String> PASSWORD = of(PgOption.PASSWORD);

    public static final Option<String> DATABASE = of(PgOption.DATABASE);

    public static final Option<String> APPLICATION_NAME = of(PgOption.APPLICATION_NAME);

    public static final Option<ZoneId> TIME_ZONE = of(PgOption.TIME_ZONE);

    public static final Option<Duration> CONNECT_TIMEOUT = of(PgOption.CONNECT_TIMEOUT);

    public static final Option<Set<PgAuthenticationMethod>> REQUIRE_AUTH = of(PgOption.REQUIRE_AUTH);

    public static final Option<Boolean> ALLOW_CLEARTEXT_PASSWORD = of(PgOption.ALLOW_CLEARTEXT_PASSWORD);

    public static final Option<Integer> SCRAM_MAX_ITERATIONS = of(PgOption.SCRAM_MAX_ITERATIONS);

    public static final Option<PgProtocolVersion> MAX_PROTOCOL_VERSION = of(PgOption.MAX_PROTOCOL_VERSION);

    public static final Option<PgQueryMode> QUERY_MODE = of(PgOption.QUERY_MODE);

    public static final Option<PgStringType> STRING_TYPE = of(PgOption.STRING_TYPE);

    public static final Option<Integer> PREPARE_THRESHOLD = of(PgOption.PREPARE_THRESHOLD);

    public static final Option<Integer> STATEMENT_CACHE_SIZE = of(PgOption.STATEMENT_CACHE_SIZE);

    public static final Option<Integer> MAX_ROW_BYTES = of(PgOption.MAX_ROW_BYTES);

    public static final Option<Integer> MAX_MESSAGE_BYTES = of(PgOption.MAX_MESSAGE_BYTES);

    public static final Option<Integer> PIPELINE_DEPTH = of(PgOption.PIPELINE_DEPTH);

    public static final Option<Integer> PIPELINE_BYTES = of(PgOption.PIPELINE_BYTES);

    public static final Option<Integer> FETCH_SIZE = of(PgOption.FETCH_SIZE);

    public static final Option<Integer> SPOOL_BYTES = of(PgOption.SPOOL_BYTES);

    public static final Option<Long> SPOOL_TOTAL_BYTES = of(PgOption.SPOOL_TOTAL_BYTES);

    public static final Option<Duration> CANCEL_DELAY = of(PgOption.CANCEL_DELAY);

    public static final Option<Long> CANCEL_BYTES = of(PgOption.CANCEL_BYTES);

    public static final Option<Duration> DRAIN_TIMEOUT = of(PgOption.DRAIN_TIMEOUT);

    public static final Option<Long> DRAIN_BYTES = of(PgOption.DRAIN_BYTES);

    public static final Option<Duration> STATEMENT_TIMEOUT = of(PgOption.STATEMENT_TIMEOUT);

    public static final Option<Duration> CONTROL_TIMEOUT = of(PgOption.CONTROL_TIMEOUT);

    public static final Option<Duration> VALIDATION_TIMEOUT = of(PgOption.VALIDATION_TIMEOUT);

    public static final Option<Duration> LOCK_TIMEOUT = of(PgOption.LOCK_TIMEOUT);

    public static final Option<Integer> SHARED_CONNECTIONS = of(PgOption.SHARED_CONNECTIONS);

    public static final Option<Integer> POOL_SIZE = of(PgOption.POOL_SIZE);

    public static final Option<Integer> MAX_WAITING = of(PgOption.MAX_WAITING);

    public static final Option<Duration> ACQUIRE_TIMEOUT = of(PgOption.ACQUIRE_TIMEOUT);

    public static final Option<PgSessionReset> SESSION_RESET = of(PgOption.SESSION_RESET);

    public static final Option<Boolean> TCP_KEEP_ALIVE = of(PgOption.TCP_KEEP_ALIVE);

    public static final Option<Duration> KEEP_ALIVE_IDLE = of(PgOption.KEEP_ALIVE_IDLE);

    public static final Option<Duration> KEEP_ALIVE_INTERVAL = of(PgOption.KEEP_ALIVE_INTERVAL);

    public static final Option<Integer> KEEP_ALIVE_COUNT = of(PgOption.KEEP_ALIVE_COUNT);

    public static final Option<Duration> TCP_USER_TIMEOUT = of(PgOption.TCP_USER_TIMEOUT);

    public static final Option<PgObserver> OBSERVER = of(PgOption.OBSERVER);

    /** Whether unknown options are refused instead of logged. */
    public static final Option<Boolean> STRICT_OPTIONS = Option.valueOf("strictOptions");

    private FluxgresOptions() {}

    /** Returns the option under its name, typed. */
    public static <T> Option<T> of(PgOption<T> option) {
        return option == PgOption.PASSWORD ? Option.sensitiveValueOf(option.name()) : Option.valueOf(option.name());
    }
}
