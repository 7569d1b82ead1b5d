package io.fluxgres.internal.session;

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

    static String of(ZoneId zone) {
        ZoneId normalized = zone.normalized();
        if (!(normalized instanceof ZoneOffset offset)) {
            return zone.getId();
        }
        if (offset.getTotalSeconds() == 0) {
            return "UTC";
        }
        int seconds = Math.abs(offset.getTotalSeconds());
        String time = String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
        return offset.getTotalSeconds() > 0 ? "<+" + time + ">-" + time : "<-" + time + ">+" + time;
    }
}
