package io.fluxgres.internal.codec;

import io.fluxgres.codec.CodecException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/**
 * The server's numbers for dates and times: days, and microseconds, since 2000-01-01.
 *
 * <p>The highest and the lowest number stand for {@code infinity} and {@code -infinity}.
 */
final class DateTime {

    static final long MICROS_PER_SECOND = 1_000_000;
    static final long MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

    static final int DATE_INFINITY = Integer.MAX_VALUE;
    static final int DATE_MINUS_INFINITY = Integer.MIN_VALUE;
    static final long INFINITY = Long.MAX_VALUE;
    static final long MINUS_INFINITY = Long.MIN_VALUE;

    static final int DAYS_FROM_YEAR_1_TO_2000 = 730_119;

    private static final int DAYS_FROM_1970_TO_2000 = 10_957;
    private static final long SECONDS_FROM_1970_TO_2000 = DAYS_FROM_1970_TO_2000 * 86_400L;

    /** 4714-11-24 BC, which is day 0 of the Julian calendar. */
    private static final int MIN_DAY = -2_451_545;

    /** 5874897-12-31. */
    private static final int MAX_DAY = 2_145_031_948;

    private static final long MIN_TIMESTAMP = MIN_DAY * MICROS_PER_DAY;

    /** 294276-12-31, of which the whole day is within the range. */
    private static final int MAX_TIMESTAMP_DAY = 106_751_982;

    private static final long MAX_TIMESTAMP = (MAX_TIMESTAMP_DAY + 1) * MICROS_PER_DAY - 1;

    private static final int NANOS_PER_MICRO = 1_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private DateTime() {}

    /** Returns {@code days} if they are within the range of {@code date}. */
    static int requireDate(long days) {
        if (days < MIN_DAY || days > MAX_DAY) {
            throw new CodecException("the date is outside 4714-11-24 BC to 5874897-12-31, the range of date");
        }
        return (int) days;
    }

    /** Returns {@code micros} if they are within the range of {@code timestamp} and {@code timestamptz}. */
    static long requireTimestamp(long micros) {
        if (micros < MIN_TIMESTAMP || micros > MAX_TIMESTAMP) {
            throw outOfTimestampRange();
        }
        return micros;
    }

    /** Returns {@code days} if they are at most a day off the range of timestamps, as in another zone they may be. */
    static long requireTimestampDay(long days) {
        if (days < MIN_DAY - 1 || days > MAX_TIMESTAMP_DAY + 1) {
            throw outOfTimestampRange();
        }
        return days;
    }

    private static CodecException outOfTimestampRange() {
        return new CodecException("the timestamp is outside 4714-11-24 BC to 294276-12-31, the range of timestamps");
    }

    /** Returns the date of so many days since 2000-01-01. */
    static LocalDate toLocalDate(long days) {
        return RecentDates.ofEpochDay(days + DAYS_FROM_1970_TO_2000);
    }

    static boolean isInfinite(long micros) {
        return micros == INFINITY || micros == MINUS_INFINITY;
    }

    /** Returns a finite timestamp. */
    static LocalDateTime toLocalDateTime(long micros) {
        return LocalDateTime.of(toLocalDate(Math.floorDiv(micros, MICROS_PER_DAY)), toLocalTime(micros));
    }

    /** Returns the time of day of a finite timestamp. */
    static LocalTime toLocalTime(long micros) {
        return LocalTime.ofNanoOfDay(Math.floorMod(micros, MICROS_PER_DAY) * NANOS_PER_MICRO);
    }

    /** Returns the days from 2000-01-01 to the date. */
    static long fromLocalDate(LocalDate date) {
        return date.toEpochDay() - DAYS_FROM_1970_TO_2000;
    }

    /** Returns the seconds since 1970-01-01 of a finite timestamp. */
    static long epochSecond(long micros) {
        return Math.floorDiv(micros, MICROS_PER_SECOND) + SECONDS_FROM_1970_TO_2000;
    }

    /** Returns the nanoseconds within the second of a finite timestamp. */
    static int nanoOfSecond(long micros) {
        return (int) Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO;
    }

    /** Returns the microseconds since 2000-01-01, rounded as {@link #roundToMicros}, if the server can hold them. */
    static long toTimestamp(long epochSecond, int nanoOfSecond) {
        long seconds = epochSecond - SECONDS_FROM_1970_TO_2000;
        requireTimestampDay(Math.floorDiv(seconds, 86_400));
        return requireTimestamp(seconds * MICROS_PER_SECOND + roundToMicros(nanoOfSecond));
    }

    /**
     * Returns the nearest number of microseconds, up to a whole second.
     *
     * <p>The steps are those of the server when it reads a fraction of a second, in floating point and halves to even,
     * so that a parameter has the value that the same digits have in SQL.
     */
    static long roundToMicros(int nanoOfSecond) {
        return (long) Math.rint(nanoOfSecond / NANOS_PER_SECOND * MICROS_PER_SECOND);
    }
}
