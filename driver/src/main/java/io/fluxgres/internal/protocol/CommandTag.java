package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * The tag of CommandComplete: the command and, for some, the number of rows it touched. Immutable, may be kept.
 *
 * @param command the words in front of the numbers, such as {@code INSERT} or {@code CREATE TABLE}
 * @param rows the last number of the tag, or {@link #NO_ROWS} if it has none
 */
public record CommandTag(String command, long rows) {

    /** The tag carries no number. */
    public static final long NO_ROWS = -1;

    /** Frequent commands, so that reading their tags makes no string. */
    private static final String[] FREQUENT = {
        "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "BEGIN", "COMMIT", "ROLLBACK", "SET", "FETCH", "COPY"
    };

    /** The tags of the frequent commands without a number, of no row and of one, so that reading these makes no object. */
    private static final CommandTag[][] FREQUENT_TAGS = {
        frequentTags(NO_ROWS), frequentTags(0), frequentTags(1),
    };

    private static CommandTag[] frequentTags(long rows) {
        return Stream.of(FREQUENT).map(command -> new CommandTag(command, rows)).toArray(CommandTag[]::new);
    }

    /** Reads the body of CommandComplete. */
    static CommandTag read(BackendReader in) {
        int length = in.cStringLength();
        int start = in.position();
        ByteBuf buffer = in.buffer();
        in.skip(length + 1);

        int end = start + length;
        long rows = NO_ROWS;
        int digits = trailingDigits(buffer, start, end);
        if (digits > 0) {
            rows = parse(in, buffer, end - digits, end);
            end -= digits + 1;
            // INSERT carries the OID of the row in front of the count: 0 since PostgreSQL 12
            int oid = trailingDigits(buffer, start, end);
            if (oid > 0) {
                end -= oid + 1;
            }
        }
        return tag(buffer, start, end - start, rows);
    }

    /** Returns how many digits end the tag as a word of their own. */
    private static int trailingDigits(ByteBuf buffer, int start, int end) {
        int index = end;
        while (index > start && isDigit(buffer.getByte(index - 1))) {
            index--;
        }
        return index > start && index < end && buffer.getByte(index - 1) == ' ' ? end - index : 0;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static long parse(BackendReader in, ByteBuf buffer, int from, int to) {
        if (to - from > 18) {
            throw in.violation("a row count that no number can hold");
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + (buffer.getByte(i) - '0');
        }
        return value;
    }

    private static CommandTag tag(ByteBuf buffer, int start, int length, long rows) {
        for (int i = 0; i < FREQUENT.length; i++) {
            if (matches(FREQUENT[i], buffer, start, length)) {
                return rows <= 1 ? FREQUENT_TAGS[(int) (rows - NO_ROWS)][i] : new CommandTag(FREQUENT[i], rows);
            }
        }
        return new CommandTag(buffer.toString(start, length, StandardCharsets.UTF_8), rows);
    }

    private static boolean matches(String command, ByteBuf buffer, int start, int length) {
        if (command.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(start + i) != command.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
