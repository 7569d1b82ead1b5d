package io.fluxgres.internal.codec;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.CodecException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of the session's time zone tells, the parameter {@code TimeZone}.
 *
 * <p>The rules of a region are those of the server, whose tables are often of another year than the JVM's: they differ in
 * regions that have changed their clocks lately, and in old times. So this knows the offset only of zones that have a single
 * one for ever; where the offset of a region is needed, it has to come from the server, in its text.
 *
 * @see <a href="https://www.postgresql.org/docs/18/datetime-posix-timezone-specs.html">POSIX Time Zone Specifications</a>
 */
final class SessionZone {

    private static final String PARAMETER = "TimeZone";

    /** An abbreviation and how far it is behind UTC, the opposite of ISO's sign; what follows would be daylight saving. */
    private static final Pattern POSIX =
            Pattern.compile("(?:<[^>]+>|[A-Za-z]{3,})([-+]?)(\\d{1,2})(?::(\\d{1,2})(?::(\\d{1,2}))?)?");

    private SessionZone() {}

    /** Returns the one offset that the session's zone has ever had and will have, or null if there may be several. */
    static @Nullable ZoneOffset fixedOffset(CodecContext context) {
        ZoneRules rules = find(context);
        return rules != null && rules.isFixedOffset() ? rules.getOffset(Instant.EPOCH) : null;
    }

    /**
     * Returns the instant at which clocks show a local time in the session's zone, by the JVM's rules for it: one that they
     * skip is counted on from before, and of two the later one is meant, as the server does it.
     */
    static Instant toInstant(LocalDateTime local, ZoneRules rules) {
        List<ZoneOffset> offsets = rules.getValidOffsets(local);
        if (!offsets.isEmpty()) {
            return local.toInstant(offsets.get(offsets.size() - 1));
        }
        ZoneOffsetTransition skipping = rules.getTransition(local);
        return local.toInstant(skipping.getOffsetBefore());
    }

    /**
     * Returns the JVM's rules of the session's zone.
     *
     * @throws CodecException if it has none
     */
    static ZoneRules rules(CodecContext context) {
        ZoneRules rules = find(context);
        if (rules == null) {
            throw new CodecException(
                    "the JVM does not know the session's time zone \"" + context.serverParameter(PARAMETER)
                            + "\"; read it as a LocalDateTime, or set timeZone to a region");
        }
        return rules;
    }

    private static @Nullable ZoneRules find(CodecContext context) {
        String name = context.serverParameter(PARAMETER);
        if (name == null) {
            return null;
        }
        // by ZoneId.of, GMT+3 would be ISO's +03, which the server takes for POSIX's -03
        if (ZoneRulesProvider.getAvailableZoneIds().contains(name)) {
            return ZoneId.of(name).getRules();
        }
        Matcher posix = POSIX.matcher(name);
        return posix.matches() ? rulesOf(posix) : null;
    }

    private static @Nullable ZoneRules rulesOf(Matcher posix) {
        int seconds = 0;
        for (int group = 2, unit = 3600; group <= 4; group++, unit /= 60) {
            String digits = posix.group(group);
            seconds += digits == null ? 0 : Integer.parseInt(digits) * unit;
        }
        try {
            return ZoneRules.of(ZoneOffset.ofTotalSeconds("-".equals(posix.group(1)) ? seconds : -seconds));
        } catch (DateTimeException beyond18Hours) {
            return null;
        }
    }
}
