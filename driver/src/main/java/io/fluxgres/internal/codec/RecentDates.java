package io.fluxgres.internal.codec;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The dates that were decoded lately, one for each remainder of the day's number: rows tend to be of the same few days, and to
 * compute a year, a month and a day costs more than to look them up.
 *
 * <p>Used by any thread without synchronization. A day and its date are one immutable object, so a thread that does not see
 * what another has stored only computes it again.
 */
final class RecentDates {

    private static final int SIZE = 256;

    private static final @Nullable Day[] DAYS = new @Nullable Day[SIZE];

    private record Day(long epochDay, LocalDate date) {}

    private RecentDates() {}

    /** As {@link LocalDate#ofEpochDay}. */
    static LocalDate ofEpochDay(long epochDay) {
        int index = (int) epochDay & (SIZE - 1);
        Day day = DAYS[index];
        if (day == null || day.epochDay() != epochDay) {
            day = new Day(epochDay, LocalDate.ofEpochDay(epochDay));
            DAYS[index] = day;
        }
        return day.date();
    }
}
