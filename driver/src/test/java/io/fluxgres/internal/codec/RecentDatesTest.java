package io.fluxgres.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentDatesTest {

    @Test
    void eachDayHasItsOwnDateThoughOthersWereInItsPlace() {
        Random random = new Random(5);
        for (int i = 0; i < 100_000; i++) {
            long day = random.nextInt(2_000) - 1_000 + (random.nextBoolean() ? 0 : 1L << 20);

            assertThat(RecentDates.ofEpochDay(day)).isEqualTo(LocalDate.ofEpochDay(day));
        }
    }

    @Test
    void aDayThatComesAgainIsTheSameObject() {
        assertThat(RecentDates.ofEpochDay(20_000)).isSameAs(RecentDates.ofEpochDay(20_000));
    }
}
