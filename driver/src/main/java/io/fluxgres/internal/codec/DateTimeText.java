package io.fluxgres.internal.codec;

import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Format;
import io.netty.buffer.ByteBuf;
import java.time.LocalDate;

/**
 * The text of dates and times in {@code DateStyle} ISO, as numbers: days and microseconds since 2000-01-01.
 *
 * <pre>
 * date        = year "-" month "-" day [" BC"]        year of 4 digits or more, month and day of 2
 * time        = hh ":" mm ":" ss ["." 1*6 digits]
 * timestamp   = year "-" month "-" day " " time [" BC"]
 * timestamptz = year "-" month "-" day " " time ("+" / "-") hh [":" mm [":" ss]] [" BC"]
 * </pre>
 *
 * <p>{@code infinity} and {@code -infinity} stand for dates and timestamps too. All other text, such as that of another
 * {@code DateStyle}, is a {@link CodecException}.
 *
 * @see <a href="https://www.postgresql.org/docs/18/datatype-datetime.html#DATATYPE-DATETIME-OUTPUT">Date/Time
 * Output</a>
 */
final class DateTimeText {

    private static final String BC = " BC";

    /** Eight characters as a long, {@code 0} for any digit. */
    private static final long DATE_LAYOUT = 0x303030302d30302dL; // 0000-00-

    private static final long TIME_LAYOUT = 0x30303a30303a3030L; // 00:00:00

    /** What may be added to a digit, or to the nothing between digits, without setting the highest bit of its byte. */
    private static final long DATE_ROOM = 0x767676767f76767fL;

    private static final long TIME_ROOM = 0x76767f76767f7676L;

    private static final int MIN_YEAR_DIGITS = 4;
    private static final int MAX_YEAR_DIGITS = 7;
    private static final int MONTH_AND_DAY = "-mm-dd".length();
    private static final int TIME = "hh:mm:ss".length();

    private static final int[] DAYS_BEFORE_MONTH = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

    private DateTimeText() {}

    /** Returns decoders of which that of binary values gives what the text gives, and is for use while the text is this one. */
    static <T> TypeCodec.Source<T> whileIso(Decoder<T> text, Decoder<T> binary) {
        return (format, context) -> format == Format.BINARY ? (isIso(context) ? binary : null) : text;
    }

    /** Whether the server is known to write this text. */
    static boolean isIso(CodecContext context) {
        String dateStyle = context.serverParameter("DateStyle");
        return dateStyle != null && dateStyle.startsWith("ISO");
    }

    /** Returns days since 2000-01-01 within the range of {@code date}, or an infinity. */
    static int parseDate(ByteBuf buffer, int index, int length) {
        int infinity = parseInfinity(buffer, index, length);
        if (infinity != 0) {
            return infinity > 0 ? DateTime.DATE_INFINITY : DateTime.DATE_MINUS_INFINITY;
        }
        boolean bc = isBc(buffer, index, length);
        int end = endWithoutBc(index, length, bc);
        if (endOfDate(buffer, index, end) != end) {
            throw malformed();
        }
        return DateTime.requireDate(days(buffer, index, end, bc));
    }

    /** Returns microseconds since midnight, 86400000000 for {@code 24:00:00}. */
    static long parseTime(ByteBuf buffer, int index, int length) {
        long micros = micros(buffer, index, index + length);
        if (micros > DateTime.MICROS_PER_DAY) {
            throw malformed();
        }
        return micros;
    }

    /** Returns microseconds since 2000-01-01 within the range of {@code timestamp}, or an infinity. */
    static long parseTimestamp(ByteBuf buffer, int index, int length) {
        int infinity = parseInfinity(buffer, index, length);
        if (infinity != 0) {
            return infinity > 0 ? DateTime.INFINITY : DateTime.MINUS_INFINITY;
        }
        boolean bc = isBc(buffer, index, length);
        int end = endWithoutBc(index, length, bc);
        return DateTime.requireTimestamp(dateAndTime(buffer, index, endOfDate(buffer, index, end), end, bc));
    }

    /** Returns microseconds since 2000-01-01 UTC within the range of {@code timestamptz}, or an infinity. */
    static long parseTimestamptz(ByteBuf buffer, int index, int length) {
        int infinity = parseInfinity(buffer, index, length);
        if (infinity != 0) {
            return infinity > 0 ? DateTime.INFINITY : DateTime.MINUS_INFINITY;
        }
        boolean bc = isBc(buffer, index, length);
        int end = endWithoutBc(index, length, bc);
        int endOfDate = endOfDate(buffer, index, end);
        int sign = indexOfOffset(buffer, endOfDate + 1 + TIME, end);
        long offset = offsetSeconds(buffer, sign + 1, end) * DateTime.MICROS_PER_SECOND;
        long local = dateAndTime(buffer, index, endOfDate, sign, bc);
        return DateTime.requireTimestamp(buffer.getByte(sign) == '-' ? local + offset : local - offset);
    }

    /** Returns the seconds east of UTC that a finite {@code timestamptz} shows. */
    static int parseOffset(ByteBuf buffer, int index, int length) {
        int end = endWithoutBc(index, length, isBc(buffer, index, length));
        int sign = indexOfOffset(buffer, endOfDate(buffer, index, end) + 1 + TIME, end);
        int seconds = offsetSeconds(buffer, sign + 1, end);
        return buffer.getByte(sign) == '-' ? -seconds : seconds;
    }

    /** Returns 1 or -1 for an infinity, 0 for all other text. */
    private static int parseInfinity(ByteBuf buffer, int index, int length) {
        if (FieldBytes.equalsAscii("infinity", buffer, index, length)) {
            return 1;
        }
        return FieldBytes.equalsAscii("-infinity", buffer, index, length) ? -1 : 0;
    }

    private static boolean isBc(ByteBuf buffer, int index, int length) {
        return length > BC.length() && FieldBytes.equalsAscii(BC, buffer, index + length - BC.length(), BC.length());
    }

    private static int endWithoutBc(int index, int length, boolean bc) {
        return index + length - (bc ? BC.length() : 0);
    }

    /** Returns the end of the date at {@code index}, of which at most the digits of the year have been checked. */
    private static int endOfDate(ByteBuf buffer, int index, int end) {
        int limit = Math.min(end, index + MAX_YEAR_DIGITS + 1);
        for (int at = index; at < limit; at++) {
            int character = buffer.getByte(at);
            if (character == '-' && at - index >= MIN_YEAR_DIGITS && at + MONTH_AND_DAY <= end) {
                return at + MONTH_AND_DAY;
            } else if (character < '0' || character > '9') {
                break;
            }
        }
        throw malformed();
    }

    private static long days(ByteBuf buffer, int index, int endOfDate, boolean bc) {
        int fourDigits = endOfDate - MONTH_AND_DAY - MIN_YEAR_DIGITS;
        long pairs = parsePairs(buffer, fourDigits, DATE_LAYOUT, DATE_ROOM);
        int century = (int) (pairs >> 56) + 100 * FieldBytes.parseDigits(buffer, index, fourDigits - index);
        int year = century * 100 + (int) (pairs >> 40 & 0xff);
        int month = (int) (pairs >> 16 & 0xff);
        int day = FieldBytes.parseTwoDigits(buffer, endOfDate - 2);
        if (pairs < 0 || year < 1 || month < 1 || month > 12 || day < 1) {
            throw malformed();
        }
        // there is no year 0: 1 BC is before 1 AD
        int proleptic = bc ? 1 - year : year;
        boolean leap = (proleptic & 3) == 0 && (proleptic % 100 != 0 || proleptic % 400 == 0);
        int before = DAYS_BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0);
        int next = DAYS_BEFORE_MONTH[month] + (leap && month > 1 ? 1 : 0);
        if (day > next - before) {
            throw malformed();
        }
        int past = proleptic - 1;
        int leapDays = Math.floorDiv(past, 4) - Math.floorDiv(past, 100) + Math.floorDiv(past, 400);
        return past * 365L + leapDays + before + day - 1 - DateTime.DAYS_FROM_YEAR_1_TO_2000;
    }

    private static long dateAndTime(ByteBuf buffer, int index, int endOfDate, int end, boolean bc) {
        if (endOfDate == end || buffer.getByte(endOfDate) != ' ') {
            throw malformed();
        }
        long days = days(buffer, index, endOfDate, bc);
        long micros = micros(buffer, endOfDate + 1, end);
        if (micros >= DateTime.MICROS_PER_DAY) {
            throw malformed();
        }
        return DateTime.requireTimestampDay(days) * DateTime.MICROS_PER_DAY + micros;
    }

    private static long micros(ByteBuf buffer, int index, int end) {
        long pairs = end - index < TIME ? -1 : parsePairs(buffer, index, TIME_LAYOUT, TIME_ROOM);
        int hour = (int) (pairs >> 56);
        int minute = (int) (pairs >> 32 & 0xff);
        int second = (int) (pairs >> 8 & 0xff);
        if (pairs < 0 || hour > 24 || minute > 59 || second > 59) {
            throw malformed();
        }
        long seconds = hour * 3600L + minute * 60L + second;
        return seconds * DateTime.MICROS_PER_SECOND + fraction(buffer, index + TIME, end);
    }

    /**
     * Reads eight characters at once: of a pair of digits, the first one's byte of the result is the number that they make.
     * Returns -1 if the characters are not those of the layout.
     */
    private static long parsePairs(ByteBuf buffer, int index, long layout, long room) {
        long digits = buffer.getLong(index) ^ layout;
        return ((digits + room | digits) & 0x8080808080808080L) == 0 ? digits * 10 + (digits << 8) : -1;
    }

    private static int fraction(ByteBuf buffer, int index, int end) {
        if (index == end) {
            return 0;
        }
        int digits = end - index - 1;
        int value = digits < 1 || digits > 6 || buffer.getByte(index) != '.'
                ? -1
                : FieldBytes.parseDigits(buffer, index + 1, digits);
        if (value < 0) {
            throw malformed();
        }
        for (int i = digits; i < 6; i++) {
            value *= 10;
        }
        return value;
    }

    private static int indexOfOffset(ByteBuf buffer, int index, int end) {
        for (int at = index; at < end; at++) {
            if (buffer.getByte(at) == '+' || buffer.getByte(at) == '-') {
                return at;
            }
        }
        throw malformed();
    }

    private static int offsetSeconds(ByteBuf buffer, int index, int end) {
        int length = end - index;
        if (length != 2 && length != 5 && length != 8) {
            throw malformed();
        }
        int seconds = 0;
        for (int at = index, unit = 3600; at < end; at += 3, unit /= 60) {
            int value = FieldBytes.parseTwoDigits(buffer, at);
            if (value < 0 || value > 59 || (at > index && buffer.getByte(at - 1) != ':')) {
                throw malformed();
            }
            seconds += value * unit;
        }
        return seconds;
    }

    private static CodecException malformed() {
        return new CodecException("the text is not a date or time as DateStyle ISO writes it; leave DateStyle at ISO");
    }

    /** Returns the text of a finite date. */
    static String printDate(long days) {
        LocalDate date = DateTime.toLocalDate(days);
        StringBuilder text = new StringBuilder(16);
        appendDate(date, text);
        return appendEra(date, text).toString();
    }

    /** Returns the text of a time. */
    static String printTime(long micros) {
        StringBuilder text = new StringBuilder(16);
        appendTime(micros, text);
        return text.toString();
    }

    /** Returns the text of an offset of so many seconds east of UTC. */
    static String printOffset(int seconds) {
        int distance = Math.abs(seconds);
        StringBuilder text = new StringBuilder(9).append(seconds < 0 ? '-' : '+');
        appendPadded(distance / 3600, 10, text);
        if (distance % 3600 != 0) {
            text.append(':');
            appendPadded(distance / 60 % 60, 10, text);
        }
        if (distance % 60 != 0) {
            text.append(':');
            appendPadded(distance % 60, 10, text);
        }
        return text.toString();
    }

    /** Returns the text of a finite timestamp, with {@code offset} between the time and the era. */
    static String printTimestamp(long micros, String offset) {
        LocalDate date = DateTime.toLocalDate(Math.floorDiv(micros, DateTime.MICROS_PER_DAY));
        StringBuilder text = new StringBuilder(40);
        appendDate(date, text);
        text.append(' ');
        appendTime(Math.floorMod(micros, DateTime.MICROS_PER_DAY), text);
        text.append(offset);
        return appendEra(date, text).toString();
    }

    private static void appendDate(LocalDate date, StringBuilder text) {
        int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
        appendPadded(year, 1000, text);
        text.append('-');
        appendPadded(date.getMonthValue(), 10, text);
        text.append('-');
        appendPadded(date.getDayOfMonth(), 10, text);
    }

    private static StringBuilder appendEra(LocalDate date, StringBuilder text) {
        return date.getYear() > 0 ? text : text.append(BC);
    }

    private static void appendTime(long micros, StringBuilder text) {
        int seconds = (int) (micros / DateTime.MICROS_PER_SECOND);
        appendPadded(seconds / 3600, 10, text);
        text.append(':');
        appendPadded(seconds / 60 % 60, 10, text);
        text.append(':');
        appendPadded(seconds % 60, 10, text);
        int fraction = (int) (micros % DateTime.MICROS_PER_SECOND);
        if (fraction != 0) {
            text.append('.');
            appendPadded(fraction, 100_000, text);
            while (text.charAt(text.length() - 1) == '0') {
                text.setLength(text.length() - 1);
            }
        }
    }

    /** Appends zeros until the value and they have as many digits as {@code leading}, a power of ten. */
    private static void appendPadded(int value, int leading, StringBuilder text) {
        for (int power = leading; power > 1 && value < power; power /= 10) {
            text.append('0');
        }
        text.append(value);
    }
}
