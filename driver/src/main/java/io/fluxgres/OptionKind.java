package io.fluxgres;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A kind of values that options have: how their text is read, and which of them are valid.
 *
 * @param reader reads a value; any exception means that the text is none
 * @param valid whether a value may be used, wherever it comes from
 */
record OptionKind<T>(Function<String, T> reader, Predicate<T> valid) {

    /** Any text. */
    static OptionKind<String> anyText() {
        return new OptionKind<>(text -> text, text -> true);
    }

    /** Any text but the empty one. */
    static OptionKind<String> text() {
        return new OptionKind<>(text -> text, text -> !text.isEmpty());
    }

    /** One of some words. */
    static OptionKind<String> oneOf(String... words) {
        List<String> known = List.of(words);
        return new OptionKind<>(text -> text, known::contains);
    }

    /** A constant, by its name in lower case. */
    static <E extends Enum<E>> OptionKind<E> constant(Class<E> type) {
        return new OptionKind<>(
                text -> Arrays.stream(type.getEnumConstants())
                        .filter(constant ->
                                constant.name().toLowerCase(Locale.ROOT).equals(text))
                        .findAny()
                        .orElseThrow(),
                constant -> true);
    }

    /** A whole number within bounds, both included. */
    static OptionKind<Integer> integer(int minimum, int maximum) {
        return new OptionKind<>(Integer::valueOf, value -> value >= minimum && value <= maximum);
    }

    /** A whole number above 0. */
    static OptionKind<Long> positive() {
        return new OptionKind<>(Long::valueOf, value -> value > 0);
    }

    /** {@code true} or {@code false}. */
    static OptionKind<Boolean> flag() {
        return new OptionKind<>(OptionKind::readFlag, value -> true);
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
        return new OptionKind<>(ZoneId::of, value -> true);
    }

    /**
     * A time of at least a millisecond: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 1d}, ISO 8601
     * ({@code PT10S}) or a plain number of milliseconds.
     */
    static OptionKind<Duration> duration() {
        return new OptionKind<>(OptionKind::readDuration, OptionKind::isSensible);
    }

    /** A time of whole milliseconds, between one and so many. */
    static OptionKind<Duration> milliseconds(int maximum) {
        return steps(Duration.ofMillis(1), maximum);
    }

    /** A time of whole seconds, between one and so many. */
    static OptionKind<Duration> seconds(int maximum) {
        return steps(Duration.ofSeconds(1), maximum);
    }

    private static OptionKind<Duration> steps(Duration step, int maximum) {
        return new OptionKind<>(
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
        return Duration.ofMillis(Long.parseLong(text));
    }

    /** Whether it has milliseconds, and no more of them than a long can count. */
    private static boolean isSensible(Duration duration) {
        return duration.compareTo(Duration.ofMillis(1)) >= 0
                && duration.compareTo(Duration.ofMillis(Long.MAX_VALUE)) <= 0;
    }

    /** Methods of authentication, separated by commas; at least one. */
    static OptionKind<Set<PgAuthenticationMethod>> methods() {
        return new OptionKind<>(OptionKind::readMethods, methods -> !methods.isEmpty());
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
