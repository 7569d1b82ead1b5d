package io.fluxgres.internal.connect;

import io.fluxgres.PgUsageException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * The name of a zone as the server understands it. Names of regions are shared; a fixed offset is written as a POSIX zone,
 * whose sign is the opposite of ISO's, with the ISO offset as its abbreviation.
 *
 * @see <a href="https://www.postgresql.org/docs/18/datetime-posix-timezone-specs.html">POSIX Time Zone Specifications</a>
 */
final class TimeZoneName {

    private TimeZoneName() {}

    /**
     * Returns the name.
     *
     * @throws PgUsageException if the zone is an offset with seconds
     */
    static String of(ZoneId zone) {
        ZoneId normalized = zone.normalized();
        if (!(normalized instanceof ZoneOffset offset)) {
            return zone.getId();
        }
        if (offset.getTotalSeconds() == 0) {
            return "UTC";
        }
        if (offset.getTotalSeconds() % 60 != 0) {
            throw new PgUsageException("the time zone " + zone + " has seconds, which no zone of the server has");
        }
        int minutes = Math.abs(offset.getTotalSeconds()) / 60;
        String time = String.format(Locale.ROOT, "%02d:%02d", minutes / 60, minutes % 60);
        return offset.getTotalSeconds() > 0 ? "<+" + time + ">-" + time : "<-" + time + ">+" + time;
    }
}
