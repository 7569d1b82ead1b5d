package io.fluxgres.internal.codec;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** The classes that values of the built-in types are made of, and what to ask for where another class is refused. */
public final class ReadableClasses {

    private static final List<Class<?>> ALL = List.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            BigInteger.class,
            Float.class,
            Double.class,
            BigDecimal.class,
            String.class,
            Character.class,
            byte[].class,
            ByteBuffer.class,
            InputStream.class,
            UUID.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            Instant.class,
            Date.class,
            LocalDateTime.class,
            LocalDate.class,
            LocalTime.class,
            OffsetTime.class,
            Year.class,
            Month.class,
            DayOfWeek.class,
            MonthDay.class,
            YearMonth.class,
            ZoneId.class,
            URI.class,
            URL.class);

    private ReadableClasses() {}

    /** Returns the classes, in an order for readers. */
    public static List<Class<?>> all() {
        return ALL;
    }

    /** Whether a codec reads a type as a class; some say what to ask for where they do not. */
    static boolean isReadable(PgType type, Class<?> asked, CodecContext context) {
        try {
            return context.decoder(type, Format.TEXT, asked) != null;
        } catch (CodecException e) {
            return false;
        }
    }

    /** Returns why a type is not read as a class that no codec knows, and what to ask for. */
    public static String advice(PgType type, CodecContext context) {
        String readable = ALL.stream()
                .filter(known -> isReadable(type, known, context))
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", "));
        if (type.kind() == PgType.Kind.ARRAY || type.equals(BuiltinTypes.ANYARRAY)) {
            return "arrays are not read as such yet; ask for " + readable
                    + " to get the server's text, or take the array apart in SQL";
        }
        return "there is no codec for it" + (readable.isEmpty() ? "" : "; ask for one of " + readable);
    }
}
