package io.fluxgres.testkit.transcript;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * One value as a transcript writes it.
 *
 * @param content a word as it is; bytes as characters of ISO 8859-1
 * @param any whether the value is an example only
 */
record Value(Kind kind, String content, boolean any) {

    enum Kind {
        WORD,
        BYTES,
        /** A bare star. */
        NOTHING
    }

    private static final int LONGEST_SHOWN = 400;

    static Value word(String word) {
        return new Value(Kind.WORD, word, false);
    }

    static Value bytes(byte[] bytes) {
        return new Value(Kind.BYTES, new String(bytes, StandardCharsets.ISO_8859_1), false);
    }

    static Value bytes(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean isWord(String word) {
        return kind == Kind.WORD && content.equals(word);
    }

    String word() {
        return content(Kind.WORD);
    }

    byte[] bytes() {
        return content(Kind.BYTES).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String content(Kind wanted) {
        if (kind == Kind.NOTHING) {
            throw new TranscriptException("a bare * cannot be sent: put an example behind it");
        }
        if (kind != wanted) {
            throw new TranscriptException(
                    wanted == Kind.BYTES ? this + " must be in quotes or hexadecimal" : this + " must be a bare word");
        }
        return content;
    }

    boolean accepts(Value received) {
        return any || (kind == received.kind && content.equals(received.content));
    }

    @Override
    public String toString() {
        String star = any ? "*" : "";
        return switch (kind) {
            case NOTHING -> "*";
            case WORD -> star + content;
            case BYTES -> star + shown();
        };
    }

    private String shown() {
        String text = content.length() <= LONGEST_SHOWN ? content : content.substring(0, LONGEST_SHOWN);
        String rest = content.length() <= LONGEST_SHOWN ? "" : "... (%d bytes)".formatted(content.length());
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (!isBinary(decoded)) {
                return quoted(decoded) + rest;
            }
        } catch (CharacterCodingException e) {
            // Bytes that are no UTF-8 are shown like others that are no text.
        }
        return "0x" + HexFormat.of().formatHex(bytes) + rest;
    }

    private static boolean isBinary(String text) {
        long controls = text.chars()
                .filter(c -> Character.isISOControl(c) && "\n\r\t".indexOf(c) < 0)
                .count();
        return controls > 0 && controls * 2 >= text.length();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> quoted.append(c < ' ' || c == 0x7f ? "\\x%02x".formatted((int) c) : String.valueOf(c));
            }
        }
        return quoted.append('"').toString();
    }
}
