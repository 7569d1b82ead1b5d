package io.fluxgres.r2dbc;

import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgUsageException;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates options of R2DBC, of r2dbc-postgresql and of the driver by name into the driver's options. */
final class OptionTranslation {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.r2dbc");

    private static final Map<String, PgOption<?>> OWN =
            PgOption.all().stream().collect(Collectors.toMap(PgOption::name, option -> option));

    /** Names that others gave to options of the driver. */
    private static final Map<String, PgOption<?>> ALIASES = Map.of(
            "username", PgOption.USER,
            "lockWaitTimeout", PgOption.LOCK_TIMEOUT,
            "preparedStatementCacheQueries", PgOption.STATEMENT_CACHE_SIZE);

    /** Of R2DBC itself, and read elsewhere. */
    private static final Set<String> DISCOVERY = Set.of("driver", "protocol", "strictOptions");

    /** Options of r2dbc-postgresql that would be needed for security or for the right server: their values must be harmless. */
    private static final Map<String, Set<String>> HARMLESS = Map.of(
            "ssl", Set.of("false"),
            "sslMode", Set.of("disable", "allow", "prefer"),
            "sslmode", Set.of("disable", "allow", "prefer"),
            "channelBinding", Set.of("disable", "prefer"),
            "channel_binding", Set.of("disable", "prefer"),
            "targetServerType", Set.of("any"));

    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "autodetectExtensions",
            "compatibilityMode",
            "errorResponseLogLevel",
            "extensions",
            "forceBinary",
            "hostRecheckTime",
            "loadBalanceHosts",
            "loopResources",
            "maxMessageSize",
            "noticeLogLevel",
            "preferAttachedBuffers",
            "sslCert",
            "sslContextBuilderCustomizer",
            "sslHostnameVerifier",
            "sslKey",
            "sslNegotiation",
            "sslnegotiation",
            "sslPassword",
            "sslRootCert",
            "sslSni",
            "tcpNoDelay");

    private PgOptions driverOptions = PgOptions.defaults();
    private final SessionSettings settings = new SessionSettings();
    private final Set<String> ignored = new TreeSet<>();
    private final Set<String> unknown = new TreeSet<>();

    private OptionTranslation() {}

    /**
     * Translates.
     *
     * @throws IllegalArgumentException if a value is not valid, or an option is unknown and that is to be refused
     */
    static OptionTranslation of(ConnectionFactoryOptions options) {
        OptionTranslation translation = new OptionTranslation();
        for (Option<?> option : optionsOf(options)) {
            translation.read(option.name(), options.getRequiredValue(option));
        }
        translation.report(Boolean.parseBoolean(String.valueOf(options.getValue(FluxgresOptions.STRICT_OPTIONS))));
        return translation;
    }

    /** The SPI lists the options to a filter only. */
    private static List<Option<?>> optionsOf(ConnectionFactoryOptions options) {
        List<Option<?>> all = new ArrayList<>();
        ConnectionFactoryOptions.builder().from(options, option -> {
            all.add(option);
            return true;
        });
        return all;
    }

    PgOptions driverOptions() {
        return driverOptions;
    }

    /** Returns how long a statement of the driver's own may take. */
    Duration controlTimeout() {
        Duration ofAll = driverOptions.get(PgOption.STATEMENT_TIMEOUT);
        return ofAll == null ? driverOptions.require(PgOption.CONTROL_TIMEOUT) : ofAll;
    }

    SessionSettings settings() {
        return settings;
    }

    private void read(String name, Object value) {
        PgOption<?> option = OWN.getOrDefault(name, ALIASES.get(name));
        if (DISCOVERY.contains(name) || isDefaultCacheSize(name, value)) {
            return;
        }
        if (option != null) {
            give(option, name, value);
        } else if (HARMLESS.containsKey(name)) {
            requireHarmless(name, value);
        } else if (name.equals("currentSchema") || name.equals("schema")) {
            settings.put("search_path", value.toString());
        } else if (name.equals("options")) {
            readSettings(value);
        } else if (WITHOUT_EFFECT.contains(name)) {
            ignored.add(name);
        } else {
            unknown.add(name);
        }
    }

    private static boolean isDefaultCacheSize(String name, Object value) {
        return name.equals("preparedStatementCacheQueries") && value.toString().equals("-1");
    }

    private <T> void give(PgOption<T> option, String name, Object value) {
        try {
            driverOptions = driverOptions.with(option, read(option, value));
        } catch (PgUsageException | ClassCastException e) {
            throw new IllegalArgumentException("option " + name + ": " + reason(e, value), e);
        }
    }

    private static String reason(RuntimeException failure, Object value) {
        return failure instanceof PgUsageException
                ? String.valueOf(failure.getMessage())
                : "values of class " + value.getClass().getName() + " are not supported";
    }

    /** Returns a value of the option's own class as it is, and reads one of another class that stands for its text. */
    @SuppressWarnings("unchecked")
    private static <T> T read(PgOption<T> option, Object value) {
        if (option.type().isInstance(value)) {
            return (T) value;
        }
        if (isText(value)) {
            return parse(option, value instanceof TimeZone zone ? zone.getID() : value.toString());
        }
        throw new ClassCastException();
    }

    private static boolean isText(Object value) {
        return value instanceof CharSequence
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Enum
                || value instanceof Duration
                || value instanceof ZoneId
                || value instanceof TimeZone;
    }

    /** Reads a value as the driver writes it, or as names of enums and properties are written. */
    private static <T> T parse(PgOption<T> option, String text) {
        try {
            return option.parse(text);
        } catch (PgUsageException e) {
            String relaxed = text.strip().toLowerCase(Locale.ROOT).replace('_', '-');
            if (relaxed.equals(text)) {
                throw e;
            }
            return option.parse(relaxed);
        }
    }

    private static void requireHarmless(String name, Object value) {
        String text = value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
        if (!HARMLESS.getOrDefault(name, Set.of()).contains(text)) {
            throw new IllegalArgumentException("option " + name
                    + " asks for what is not supported yet, and to connect without it could be dangerous");
        }
    }

    private void readSettings(Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((parameter, setting) -> settings.put(parameter.toString(), setting.toString()));
            return;
        }
        for (String assignment : value.toString().split(";", -1)) {
            int equals = assignment.indexOf('=');
            if (equals > 0) {
                settings.put(assignment.substring(0, equals).strip(), assignment.substring(equals + 1));
            } else if (!assignment.isBlank()) {
                throw new IllegalArgumentException("option options is not of the form name=value;name=value");
            }
        }
    }

    private void report(boolean strict) {
        if (!unknown.isEmpty() && strict) {
            throw new IllegalArgumentException("unknown options: " + unknown);
        }
        if (!unknown.isEmpty()) {
            LOG.warn("unknown options are ignored: {} (strictOptions=true refuses them)", unknown);
        }
        if (!ignored.isEmpty()) {
            LOG.info("options of r2dbc-postgresql that have no effect here: {}", ignored);
        }
    }
}
