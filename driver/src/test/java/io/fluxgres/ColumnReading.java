package io.fluxgres;

import io.fluxgres.codec.Format;
import io.fluxgres.internal.row.RowFormats;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one execution of {@code select <expression>} showed of its column.
 *
 * @param format the format on the wire
 * @param outcomes the outcome of each way to read the value: {@link PgRow#get(int, Class)} by the name of the class, the
 *     other getters by their names
 */
record ColumnReading(Format format, Map<String, Outcome> outcomes) {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Every class that some codec reads, and some that none does. */
    static final List<Class<?>> ASKED = List.of(
            Object.class,
            String.class,
            CharSequence.class,
            Comparable.class,
            Serializable.class,
            boolean.class,
            Boolean.class,
            byte.class,
            Byte.class,
            short.class,
            Short.class,
            int.class,
            Integer.class,
            long.class,
            Long.class,
            float.class,
            Float.class,
            double.class,
            Double.class,
            char.class,
            Character.class,
            Number.class,
            BigInteger.class,
            BigDecimal.class,
            byte[].class,
            ByteBuffer.class,
            UUID.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            Instant.class,
            ZonedDateTime.class,
            OffsetTime.class,
            Date.class,
            StringBuilder.class,
            int[].class,
            List.class,
            Map.class,
            void.class);

    /** A value or why there is none. */
    record Outcome(@Nullable Object value, @Nullable String failure) {

        private static Outcome of(Supplier<? extends @Nullable Object> getter) {
            try {
                return new Outcome(getter.get(), null);
            } catch (RuntimeException e) {
                return new Outcome(null, e.toString());
            }
        }

        /** Arrays are equal by their elements, numbers by their class, their scale and the sign of zero too. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Outcome that
                    && Objects.deepEquals(value, that.value)
                    && Objects.equals(failure, that.failure);
        }

        @Override
        public int hashCode() {
            return Objects.hashCode(failure);
        }
    }

    /** Executes the statement and reads its one row in every way. */
    static ColumnReading of(PgConnection connection, String expression) {
        return only(
                connection,
                expression,
                row -> new ColumnReading(RowFormats.of(row).get(0), outcomes(row)));
    }

    private static Map<String, Outcome> outcomes(PgRow row) {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        for (Class<?> asked : ASKED) {
            outcomes.put(asked.getTypeName(), Outcome.of(() -> row.get(0, asked)));
        }
        outcomes.put("getBoolean", Outcome.of(() -> row.getBoolean(0)));
        outcomes.put("getInt", Outcome.of(() -> row.getInt(0)));
        outcomes.put("getLong", Outcome.of(() -> row.getLong(0)));
        outcomes.put("getDouble", Outcome.of(() -> row.getDouble(0)));
        outcomes.put("getString", Outcome.of(() -> row.getString(0)));
        outcomes.put("get", Outcome.of(() -> row.get(0)));
        return outcomes;
    }

    /** Executes the statement and reads its one value in one way. */
    static Outcome outcome(PgConnection connection, String expression, Class<?> asked) {
        return only(connection, expression, row -> Outcome.of(() -> row.get(0, asked)));
    }

    /** Executes the statement and reads its one value. */
    static <T> @Nullable T value(PgConnection connection, String expression, Class<T> asked) {
        Optional<T> value = only(connection, expression, row -> Optional.ofNullable(row.get(0, asked)));
        return value.orElse(null);
    }

    /**
     * Returns what the type's output function writes, null for NULL. A cast to text would not do: it says {@code true} for
     * {@code t} and strips trailing blanks.
     */
    static @Nullable String serversText(PgConnection connection, String expression) {
        String formatted =
                "case when " + expression + " is distinct from null then format('%s', " + expression + ") end";
        return value(connection, formatted, String.class);
    }

    private static <T> T only(PgConnection connection, String expression, Function<PgRow, T> mapper) {
        return Objects.requireNonNull(connection
                .query("select " + expression + " as v")
                .map(mapper)
                .single()
                .block(PATIENCE));
    }

    /** Returns the outcome for a class. */
    Outcome as(Class<?> asked) {
        return Objects.requireNonNull(outcomes.get(asked.getTypeName()));
    }

    /** Returns the outcome of a getter by its name. */
    Outcome by(String getter) {
        return Objects.requireNonNull(outcomes.get(getter));
    }
}
