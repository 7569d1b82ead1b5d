package io.fluxgres;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The options of connections. Immutable: {@link #with} returns another one.
 *
 * <pre>{@code
 * PgOptions options = PgOptions.defaults()
 *     .with(PgOption.HOST, "db.example.org")
 *     .with(PgOption.USER, "app")
 *     .with(PgOption.PASSWORD, password);
 * }</pre>
 */
public final class PgOptions {

    private static final PgOptions DEFAULTS = new PgOptions(Map.of());

    private final Map<PgOption<?>, Object> values;

    private PgOptions(Map<PgOption<?>, Object> values) {
        this.values = values;
    }

    /** Returns the options with nothing but defaults. */
    public static PgOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Reads a URI: {@code postgresql://user:password@host:port/database?option=value&...}. Every part may be missing; the
     * parts are percent-decoded. A host that begins with a slash, percent-encoded, is the path of a Unix domain socket.
     *
     * @throws PgUsageException if the URI is malformed, names an option that is unknown or has no text form, or gives one
     *     twice; the message repeats no part of the URI but option names
     */
    public static PgOptions parse(String uri) {
        return CompositionRoot.parse(uri);
    }

    /**
     * Returns these options with another value of one.
     *
     * @throws PgUsageException if the option cannot have the value; the message does not repeat it
     */
    public <T> PgOptions with(PgOption<T> option, T value) {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        Map<PgOption<?>, Object> copy = new HashMap<>(values);
        copy.put(option, option.require(value));
        return new PgOptions(copy);
    }

    /** Returns the value of an option, its default if none was given, null if that is none. */
    @SuppressWarnings("unchecked")
    public <T> @Nullable T get(PgOption<T> option) {
        Object value = values.get(Objects.requireNonNull(option, "option"));
        return value == null ? option.defaultValue() : (T) value;
    }

    /** Returns the value of an option that has one or a default. */
    public <T> T require(PgOption<T> option) {
        T value = get(option);
        if (value == null) {
            throw new PgUsageException("option " + option + " is missing");
        }
        return value;
    }

    /** Whether a value was given. */
    public boolean isSet(PgOption<?> option) {
        return values.containsKey(Objects.requireNonNull(option, "option"));
    }

    /** Lists the values that were given, the password hidden. */
    @Override
    public String toString() {
        Map<String, Object> printed = new TreeMap<>();
        values.forEach((option, value) -> printed.put(option.name(), option == PgOption.PASSWORD ? "***" : value));
        return printed.toString();
    }
}
