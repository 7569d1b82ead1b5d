package io.fluxgres.internal.codec;

import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Checks and parses that the families share on the bytes of a field. */
final class FieldBytes {

    private static final int MAX_LONG_DIGITS = 19;

    private FieldBytes() {}

    static CodecException wrongLength(PgType type, int length, int expected) {
        return new CodecException("the binary value of " + type + " has " + length + " bytes instead of " + expected);
    }

    static CodecException malformed(PgType type) {
        return new CodecException("the text is not a value of " + type);
    }

    /** Parses {@code -?[0-9]+} within the bounds of a type. */
    static long parseInteger(PgType type, long min, long max, ByteBuf buffer, int index, int length) {
        boolean negative = length > 0 && buffer.getByte(index) == '-';
        int at = negative ? index + 1 : index;
        int end = index + length;
        if (at == end || end - at > MAX_LONG_DIGITS) {
            throw malformed(type);
        }
        // a sum of 19 digits may exceed a long by less than its range, so a wrapped sum is seen by its sign; the
        // negated sum holds Long.MIN_VALUE
        long negated = 0;
        for (; at < end; at++) {
            int digit = buffer.getByte(at) - '0';
            if (digit < 0 || digit > 9) {
                throw malformed(type);
            }
            negated = negated * 10 - digit;
        }
        if (negated > 0 || (negated == Long.MIN_VALUE && !negative)) {
            throw malformed(type);
        }
        long value = negative ? negated : -negated;
        if (value < min || value > max) {
            throw malformed(type);
        }
        return value;
    }

    /** Returns the number that {@code count} decimal digits at {@code index} make, or -1 if another byte is there. */
    static int parseDigits(ByteBuf buffer, int index, int count) {
        int value = 0;
        for (int i = index; i < index + count; i++) {
            int digit = buffer.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** As {@link #parseDigits} of two, in one access. */
    static int parseTwoDigits(ByteBuf buffer, int index) {
        int characters = buffer.getShort(index);
        int tens = (characters >> 8) - '0';
        int ones = (characters & 0xff) - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
    }

    static boolean equalsAscii(String expected, ByteBuf buffer, int index, int length) {
        if (expected.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(index + i) != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the bytes as a string of one character a byte, to be parsed further. */
    static String latin1(ByteBuf buffer, int index, int length) {
        return buffer.toString(index, length, StandardCharsets.ISO_8859_1);
    }

    static void writeAscii(CharSequence text, ByteBuf out) {
        ByteBufUtil.writeAscii(out, text);
    }
}
