package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * One line of {@link MessageTracer} in the making: the fields of one body, read in order and never behind its end.
 *
 * <p>Confined to the event loop. The body is the tracer's for the call, and its own indexes are free to move.
 */
final class TraceLine {

    private final char direction;
    private final int length;
    private final ByteBuf body;
    private final boolean withValues;
    private final StringBuilder fields = new StringBuilder();
    private String name = "";
    private boolean cutOff;

    TraceLine(char direction, int length, ByteBuf body, boolean withValues) {
        this.direction = direction;
        this.length = length;
        this.body = body;
        this.withValues = withValues;
    }

    TraceLine name(String messageName) {
        name = messageName;
        return this;
    }

    void unknown(byte type) {
        name = String.format("Unknown message: %02x", type);
        body.skipBytes(body.readableBytes());
    }

    TraceLine byte1() {
        if (has(1)) {
            printable(body.readUnsignedByte(), fields.append(' '));
        }
        return this;
    }

    TraceLine int16() {
        readInt16();
        return this;
    }

    private int readInt16() {
        if (!has(2)) {
            return 0;
        }
        int value = body.readUnsignedShort();
        fields.append(' ').append(value);
        return value;
    }

    TraceLine int32() {
        readInt32();
        return this;
    }

    private int readInt32() {
        if (!has(4)) {
            return 0;
        }
        int value = body.readInt();
        fields.append(' ').append(value);
        return value;
    }

    /** An integer of 32 bits that is not printed, behind a successful {@link #has}. */
    int code() {
        return body.readInt();
    }

    /** A count and so many integers of 16 bits. */
    TraceLine int16s() {
        for (int left = readInt16(); left > 0 && !cutOff; left--) {
            int16();
        }
        return this;
    }

    /** A count and so many integers of 32 bits. */
    TraceLine int32s() {
        for (int left = readInt16(); left > 0 && !cutOff; left--) {
            int32();
        }
        return this;
    }

    /** A count of 32 bits and so many strings. */
    TraceLine strings() {
        for (int left = readInt32(); left > 0 && !cutOff; left--) {
            string();
        }
        return this;
    }

    TraceLine string() {
        int terminated = body.bytesBefore((byte) 0);
        if (!has(terminated < 0 ? Integer.MAX_VALUE : terminated + 1)) {
            return this;
        }
        String string =
                body.readCharSequence(terminated, StandardCharsets.UTF_8).toString();
        body.skipBytes(1);
        fields.append(" \"");
        string.chars().forEach(character -> printable(character, fields));
        fields.append('"');
        return this;
    }

    /** Appends a character, as an escape if it cannot be printed. */
    static StringBuilder printable(int character, StringBuilder text) {
        int code = character & 0xffff;
        if (code < ' ' || (code >= 0x7f && code < 0xa0)) {
            return text.append(String.format("\\x%02x", code));
        }
        return text.append((char) code);
    }

    TraceLine stringsToTerminator() {
        while (!cutOff && body.isReadable() && body.getByte(body.readerIndex()) != 0) {
            string();
        }
        if (has(1)) {
            body.skipBytes(1);
        }
        return this;
    }

    /** Shows the terminator of a list of strings, which libpq prints as an empty string behind SASL mechanisms only. */
    void terminator() {
        if (!cutOff) {
            fields.append(" \"\"");
        }
    }

    void columns() {
        for (int left = readInt16(); left > 0 && !cutOff; left--) {
            string().int32().int16().int32().int16().int32().int16();
        }
    }

    void errorFields() {
        while (!cutOff) {
            int index = body.readerIndex();
            byte1();
            if (cutOff || body.getByte(index) == 0) {
                return;
            }
            string();
        }
    }

    /** A count and so many values, each behind its length. */
    TraceLine values() {
        for (int left = readInt16(); left > 0 && !cutOff; left--) {
            countedValue();
        }
        return this;
    }

    void countedValue() {
        int bytes = readInt32();
        if (!cutOff && bytes != -1 && has(bytes < 0 ? Integer.MAX_VALUE : bytes)) {
            bytes(bytes, withValues);
        }
    }

    /** The rest of the body, data of the application. */
    void value() {
        bytes(body.readableBytes(), withValues);
    }

    /** The rest of the body, never printed. */
    void secret() {
        if (!cutOff) {
            bytes(body.readableBytes(), false);
        }
    }

    private void bytes(int count, boolean printed) {
        if (!printed) {
            body.skipBytes(count);
            fields.append(" '...'");
            return;
        }
        fields.append(" '");
        for (int left = count; left > 0; left--) {
            byte b = body.readByte();
            if (b < ' ' || b == 0x7f) {
                fields.append(String.format("\\x%02x", b));
            } else {
                fields.append((char) b);
            }
        }
        fields.append('\'');
    }

    /** Whether so many bytes are left; if not, nothing more of the body is printed. */
    boolean has(int bytes) {
        cutOff = cutOff || bytes > body.readableBytes();
        return !cutOff;
    }

    String end() {
        StringBuilder line = new StringBuilder()
                .append(direction)
                .append('\t')
                .append(length)
                .append('\t')
                .append(name);
        if (!fields.isEmpty()) {
            line.append('\t').append(fields);
        }
        if (cutOff) {
            line.append(" (ends too early)");
        } else if (body.isReadable()) {
            line.append(" (").append(body.readableBytes()).append(" bytes too many)");
        }
        return line.toString();
    }
}
