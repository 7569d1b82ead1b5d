package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import java.time.LocalTime;

/**
 * {@code time}: a {@code LocalTime}; in binary an Int64 of microseconds since midnight.
 *
 * <p>The server's {@code 24:00:00} is {@link LocalTime#MAX}. A {@code LocalTime} is rounded to the nearest microsecond as the
 * server rounds a literal, so the last half microsecond of the day, {@code LocalTime.MAX} among it, is sent as
 * {@code 24:00:00}.
 */
final class TimeCodec {

    private TimeCodec() {}

    static Codec create() {
        return TypeCodec.of(PgType.TIME)
                .refuseOthers("read it as a LocalTime or a String")
                .decode(Object.class, TimeCodec::timeFromText, TimeCodec::timeFromBinary)
                .decode(LocalTime.class, TimeCodec::timeFromText, TimeCodec::timeFromBinary)
                .decode(
                        String.class,
                        (buffer, index, length) ->
                                DateTimeText.printTime(DateTimeText.parseTime(buffer, index, length)),
                        (buffer, index, length) -> DateTimeText.printTime(microsFromBinary(buffer, index, length)))
                .encode(
                        LocalTime.class,
                        (value, out) -> FieldBytes.writeAscii(DateTimeText.printTime(toMicros(value)), out),
                        (value, out) -> out.writeLong(toMicros(value)))
                .parameters(LocalTime.class)
                .build();
    }

    private static LocalTime timeFromText(ByteBuf buffer, int index, int length) {
        return toLocalTime(DateTimeText.parseTime(buffer, index, length));
    }

    private static LocalTime timeFromBinary(ByteBuf buffer, int index, int length) {
        return toLocalTime(microsFromBinary(buffer, index, length));
    }

    private static long microsFromBinary(ByteBuf buffer, int index, int length) {
        if (length != Long.BYTES) {
            throw FieldBytes.wrongLength(PgType.TIME, length, Long.BYTES);
        }
        long micros = buffer.getLong(index);
        if (micros < 0 || micros > DateTime.MICROS_PER_DAY) {
            throw new CodecException("the binary value is not within a day, the range of time");
        }
        return micros;
    }

    private static LocalTime toLocalTime(long micros) {
        return micros == DateTime.MICROS_PER_DAY ? LocalTime.MAX : LocalTime.ofNanoOfDay(micros * 1_000);
    }

    private static long toMicros(LocalTime time) {
        return time.toSecondOfDay() * DateTime.MICROS_PER_SECOND + DateTime.roundToMicros(time.getNano());
    }
}
