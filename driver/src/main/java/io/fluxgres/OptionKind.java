package io.fluxgres;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A kind of values that options have: which they are, how their text is read, and whether one is valid.
 *
 * @param type the class of the values
 * @param range the values in words, as errors and the documentation name them
 * @param reader reads a value; any exception means that the text is none
 * @param valid whether a value may be used, wherever it comes from
 */
record OptionKind<T>(Class<?> type, String range, Function<String, T> reader, Predicate<T> valid) {

    private static final String TIME = "a time with its unit, as 500ms, 10s, 2m, 1h, 1d or PT10S";

    /** Any text. */
    static OptionKind<String> anyText() {
        return new OptionKind<>(String.class, "any text", text -> text, text -> true);
    }

    /** Any text but the empty one. */
    static OptionKind<String> text() {
        return new OptionKind<>(String.class, "a text that is not empty", text -> text, text -> !text.isEmpty());
    }

    /** The name or the address of one host. */
    static OptionKind<String> host() {
        return new OptionKind<>(
                String.class,
                "one host; several are not supported yet",
                text -> text,
                text -> !text.isEmpty() && text.indexOf(',') < 0);
    }

    /** A constant, by its name in lower case. */
    static <E extends Enum<E>> OptionKind<E> constant(Class<E> type) {
        return constant(type, constant -> constant.name().toLowerCase(Locale.ROOT));
    }

    /** A constant, by its word. */
    static <E extends Enum<E>> OptionKind<E> constant(Class<E> type, Function<E, String> word) {
        Map<String, E> constants = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            constants.put(word.apply(constant), constant);
        }
        return new OptionKind<>(
                type,
                "one of " + String.join(", ", constants.keySet()),
                text -> Optional.ofNullable(constants.get(text)).orElseThrow(),
                constant -> true);
    }

    /** A whole number within bounds, both included. */
    static OptionKind<Integer> integer(int minimum, int maximum) {
        return new OptionKind<>(
                Integer.class,
                "a whole number from " + minimum + " to " + maximum,
                Integer::valueOf,
                value -> value >= minimum && value <= maximum);
    }

    /** A whole number above 0. */
    static OptionKind<Long> positive() {
        return new OptionKind<>(
                Long.class, "a whole number from 1 to " + Long.MAX_VALUE, Long::valueOf, value -> value > 0);
    }

    /** {@code true} or {@code false}. */
    static OptionKind<Boolean> flag() {
        return new OptionKind<>(Boolean.class, "true or false", OptionKind::readFlag, value -> true);
    }

    private static Boolean readFlag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        };
    }

    /** The identifier of a zone. */
    static OptionKind<ZoneId> zone() {
        return new OptionKind<>(ZoneId.class, "a time zone, as Asia/Tokyo or +09:00", ZoneId::of, value -> true);
    }

    /**
     * A time of at least a millisecond: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 1d} or ISO 8601
     * ({@code PT10S}). A number without a unit is none, for some take it for seconds and others for milliseconds.
     */
    static OptionKind<Duration> duration() {
        return new OptionKind<>(
                Duration.class, TIME + ", of 1ms or more", OptionKind::readDuration, OptionKind::isSensible);
    }

    /** A time of whole milliseconds, from one to the maximum. */
    static OptionKind<Duration> milliseconds(int maximum) {
        return steps(Duration.ofMillis(1), "ms", maximum);
    }

    /** A time of whole seconds, from one to the maximum. */
    static OptionKind<Duration> seconds(int maximum) {
        return steps(Duration.ofSeconds(1), "s", maximum);
    }

    private static OptionKind<Duration> steps(Duration step, String unit, int maximum) {
        return new OptionKind<>(
                Duration.class,
                TIME + ", in whole steps from 1" + unit + " to " + maximum + unit,
                OptionKind::readDuration,
                duration -> duration.compareTo(step) >= 0
                        && duration.compareTo(step.multipliedBy(maximum)) <= 0
                        && duration.toNanos() % step.toNanos() == 0);
    }

    private static Duration readDuration(String text) {
        if (text.startsWith("P") || text.startsWith("p")) {
            return Duration.parse(text);
        } else if (text.endsWith("ms")) {
            return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
        } else if (text.endsWith("s")) {
            return Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
        } else if (text.endsWith("m")) {
            return Duration.ofMinutes(Long.parseLong(text.substring(0, text.length() - 1)));
        } else if (text.endsWith("h")) {
            return Duration.ofHours(Long.parseLong(text.substring(0, text.length() - 1)));
        } else if (text.endsWith("d")) {
            return Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)));
        }
        throw new IllegalArgumentException();
    }

    /** Whether it has milliseconds, and no more of them than a long can count. */
    private static boolean isSensible(Duration duration) {
        return duration.compareTo(Duration.ofMillis(1)) >= 0
                && duration.compareTo(Duration.ofMillis(Long.MAX_VALUE)) <= 0;
    }

    /** An object of an interface that the program implements. */
    static <T> OptionKind<T> object(Class<T> type) {
        return new OptionKind<>(
                type,
                "a " + type.getSimpleName() + " object, which has no text form",
                text -> {
                    throw new IllegalArgumentException();
                },
                object -> true);
    }

    /** Methods of authentication, separated by commas; at least one. */
    static OptionKind<Set<PgAuthenticationMethod>> methods() {
        String words = Arrays.stream(PgAuthenticationMethod.values())
                .map(PgAuthenticationMethod::word)
                .collect(Collectors.joining(", "));
        return new OptionKind<>(
                Set.class,
                "one or several of " + words + ", separated by commas",
                OptionKind::readMethods,
                methods -> !methods.isEmpty());
    }

    private static Set<PgAuthenticationMethod> readMethods(String text) {
        Set<PgAuthenticationMethod> methods = Arrays.stream(text.split(",", -1))
                .map(word -> Arrays.stream(PgAuthenticationMethod.values())
                        .filter(method -> method.word().equals(word.trim()))
                        .findAny()
                        .orElseThrow())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(PgAuthenticationMethod.class)));
        return Collections.unmodifiableSet(methods);
    }
}
