package io.fluxgres.internal.query;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** About how many bytes items of a batch take on the wire, as far as their values tell without being encoded. */
final class ItemSize {

    private static final int VALUE_BYTES = 16;

    private ItemSize() {}

    /** Whether all items together take more than a number of bytes. */
    static boolean exceeds(Collection<?> items, long limit) {
        long bytes = 0;
        for (Object item : items) {
            bytes += item instanceof Object[] row ? of(row) : ofValue(item);
            if (bytes > limit) {
                return true;
            }
        }
        return false;
    }

    /** Returns the length of a row of values. */
    static long of(@Nullable Object[] row) {
        long bytes = VALUE_BYTES;
        for (Object value : row) {
            bytes += ofValue(value);
        }
        return bytes;
    }

    private static long ofValue(@Nullable Object value) {
        if (value instanceof CharSequence characters) {
            return VALUE_BYTES + (long) characters.length();
        }
        return value instanceof byte[] binary ? VALUE_BYTES + (long) binary.length : VALUE_BYTES;
    }
}
