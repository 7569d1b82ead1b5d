package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.time.LocalDate;
import java.time.LocalDateTime;

/**
 * {@code date}: a {@code LocalDate}; in binary an Int32 of days since 2000-01-01.
 *
 * <p>{@code infinity} is {@link LocalDate#MAX} and {@code -infinity} is {@link LocalDate#MIN}. A year BC is the
 * proleptic one: 44 BC is the year -43. A {@code LocalDateTime} is midnight.
 */
final class DateCodec {

    private DateCodec() {}

    static Codec create() {
        return TypeCodec.of(PgType.DATE)
                .refuseOthers("read it as a LocalDate, a LocalDateTime, which is its midnight, or a String")
                .decode(Object.class, DateTimeText.whileIso(DateCodec::dateFromText, DateCodec::dateFromBinary))
                .decode(LocalDate.class, DateCodec::dateFromText, DateCodec::dateFromBinary)
                .decode(
                        LocalDateTime.class,
                        (buffer, index, length) -> midnight(dateFromText(buffer, index, length)),
                        (buffer, index, length) -> midnight(dateFromBinary(buffer, index, length)))
                .decode(
                        String.class,
                        DateTimeText.whileIso(
                                Utf8::readString,
                                (buffer, index, length) -> print(daysFromBinary(buffer, index, length))))
                .encode(
                        LocalDate.class,
                        (value, out) -> FieldBytes.writeAscii(print(toDays(value)), out),
                        (value, out) -> out.writeInt(toDays(value)))
                .parameters(LocalDate.class)
                .build();
    }

    private static LocalDate dateFromText(ByteBuf buffer, int index, int length) {
        return toLocalDate(DateTimeText.parseDate(buffer, index, length));
    }

    private static LocalDate dateFromBinary(ByteBuf buffer, int index, int length) {
        return toLocalDate(daysFromBinary(buffer, index, length));
    }

    private static LocalDateTime midnight(LocalDate date) {
        if (date.equals(LocalDate.MAX)) {
            return LocalDateTime.MAX;
        }
        return date.equals(LocalDate.MIN) ? LocalDateTime.MIN : date.atStartOfDay();
    }

    private static int daysFromBinary(ByteBuf buffer, int index, int length) {
        if (length != Integer.BYTES) {
            throw FieldBytes.wrongLength(PgType.DATE, length, Integer.BYTES);
        }
        int days = buffer.getInt(index);
        boolean infinite = days == DateTime.DATE_INFINITY || days == DateTime.DATE_MINUS_INFINITY;
        return infinite ? days : DateTime.requireDate(days);
    }

    private static LocalDate toLocalDate(int days) {
        return switch (days) {
            case DateTime.DATE_INFINITY -> LocalDate.MAX;
            case DateTime.DATE_MINUS_INFINITY -> LocalDate.MIN;
            default -> DateTime.toLocalDate(days);
        };
    }

    private static int toDays(LocalDate date) {
        if (date.equals(LocalDate.MAX)) {
            return DateTime.DATE_INFINITY;
        } else if (date.equals(LocalDate.MIN)) {
            return DateTime.DATE_MINUS_INFINITY;
        }
        return DateTime.requireDate(DateTime.fromLocalDate(date));
    }

    private static String print(int days) {
        return switch (days) {
            case DateTime.DATE_INFINITY -> "infinity";
            case DateTime.DATE_MINUS_INFINITY -> "-infinity";
            default -> DateTimeText.printDate(days);
        };
    }
}
