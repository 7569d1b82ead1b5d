package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The values of one row: a reused flyweight of offsets into the buffer it was read from.
 *
 * <p>Valid only until the call that handed it out returns; {@link #copy} makes one that may be kept.
 */
public final class DataRow {

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int count;
    private int[] offsets;
    private int[] lengths;

    public DataRow() {
        this(16);
    }

    private DataRow(int capacity) {
        offsets = new int[capacity];
        lengths = new int[capacity];
    }

    /**
     * Reads the body of DataRow.
     *
     * @param columns the number of columns that the result's description announced
     */
    void read(BackendReader in, int columns) {
        count = in.readUnsignedShort();
        if (count != columns) {
            throw in.violation(count + " values for " + columns + " columns");
        }
        if (count > offsets.length) {
            offsets = new int[count];
            lengths = new int[count];
        }
        buffer = in.buffer();
        for (int i = 0; i < count; i++) {
            int length = in.readInt();
            if (length < -1) {
                throw in.violation("a value of length " + length);
            }
            lengths[i] = length;
            offsets[i] = in.position();
            if (length > 0) {
                in.skip(length);
            }
        }
    }

    /** Returns a row over its own heap memory that may be kept and read by any thread. */
    public DataRow copy() {
        DataRow copy = new DataRow(count);
        copy.count = count;
        int from = count == 0 ? 0 : offsets[0];
        int to = count == 0 ? 0 : offsets[count - 1] + Math.max(0, lengths[count - 1]);
        byte[] bytes = new byte[to - from];
        buffer.getBytes(from, bytes);
        copy.buffer = Unpooled.wrappedBuffer(bytes);
        for (int i = 0; i < count; i++) {
            copy.offsets[i] = offsets[i] - from;
            copy.lengths[i] = lengths[i];
        }
        return copy;
    }

    /** Returns the number of values. */
    public int size() {
        return count;
    }

    /** Whether a value is NULL. */
    public boolean isNull(int index) {
        return lengths[index] < 0;
    }

    /** Returns the absolute index of a value's first byte in {@link #buffer}. */
    public int offset(int index) {
        return offsets[index];
    }

    /** Returns the bytes of a value; -1 for NULL. */
    public int length(int index) {
        return lengths[index];
    }

    /** Returns the buffer that the offsets point into; borrowed. */
    public ByteBuf buffer() {
        return buffer;
    }
}
