package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The name of a prepared statement or a portal, encoded once for all messages that carry it. Immutable. */
public final class Name {

    /** The prepared statement or portal that the next one without a name replaces. */
    public static final Name UNNAMED = new Name("");

    private final String text;
    /** With the terminator. */
    private final byte[] bytes;

    private Name(String text) {
        this.text = text;
        this.bytes = (text + '\0').getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Creates a name.
     *
     * @throws InvalidRequest if it contains what is neither a letter, a digit nor an underscore of ASCII
     */
    public static Name of(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '_' && (c >= 0x80 || !Character.isLetterOrDigit(c))) {
                throw new InvalidRequest("the name of a prepared statement or portal contains another character than"
                        + " letters, digits and underscores");
            }
        }
        return text.isEmpty() ? UNNAMED : new Name(text);
    }

    /** Returns how many bytes {@link #write} appends. */
    int length() {
        return bytes.length;
    }

    /** Appends it with its terminator. */
    void write(ByteBuf out) {
        if (bytes.length == 1) {
            out.writeByte(0);
        } else {
            out.writeBytes(bytes);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
