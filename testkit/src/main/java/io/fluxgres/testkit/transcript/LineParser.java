package io.fluxgres.testkit.transcript;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the words of one line.
 *
 * <pre>
 * line   := word field* ["..."]
 * field  := [word "="] value (":" value)*
 * value  := "*" | ["*"] (string | "0x" hex digits | word)
 * string := '"' (character | "\" ('"' | "\" | "n" | "r" | "t" | "x" hex hex))* '"'
 * </pre>
 */
final class LineParser {

    private final String line;
    private int position;

    private LineParser(String line) {
        this.line = line;
    }

    /** Reads a message; its name is not looked up. */
    static Message message(String line) {
        LineParser parser = new LineParser(line);
        String name = parser.word();
        List<Field> fields = new ArrayList<>();
        while (parser.skipBlanks()) {
            if (parser.line.startsWith("...", parser.position)) {
                parser.position += 3;
                if (parser.skipBlanks()) {
                    throw new TranscriptException("nothing may follow the three dots");
                }
                return new Message(name, fields, true);
            }
            fields.add(parser.field());
        }
        return new Message(name, fields, false);
    }

    private boolean skipBlanks() {
        while (position < line.length() && line.charAt(position) == ' ') {
            position++;
        }
        return position < line.length();
    }

    private Field field() {
        Value first = value();
        if (skip('=')) {
            return Field.named(first.word(), value());
        }
        List<Value> values = new ArrayList<>(List.of(first));
        while (skip(':')) {
            values.add(value());
        }
        if (position < line.length() && line.charAt(position) != ' ') {
            throw new TranscriptException("a blank is missing in front of " + line.substring(position));
        }
        return new Field(null, values);
    }

    private boolean skip(char c) {
        boolean found = position < line.length() && line.charAt(position) == c;
        if (found) {
            position++;
        }
        return found;
    }

    private Value value() {
        boolean any = skip('*');
        Value value = plainValue();
        if (value == null) {
            if (!any) {
                throw new TranscriptException("a value is missing");
            }
            return new Value(Value.Kind.NOTHING, "", true);
        }
        return new Value(value.kind(), value.content(), any);
    }

    private @Nullable Value plainValue() {
        if (skip('"')) {
            return string();
        }
        String word = word();
        if (word.startsWith("0x")) {
            return Value.bytes(hexadecimal(word.substring(2)));
        }
        return word.isEmpty() ? null : Value.word(word);
    }

    private String word() {
        int start = position;
        while (position < line.length() && " :=\"".indexOf(line.charAt(position)) < 0) {
            position++;
        }
        return line.substring(start, position);
    }

    static byte[] hexadecimal(String digits) {
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw new TranscriptException("%s is not hexadecimal".formatted(digits));
        }
    }

    private Value string() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!skip('"')) {
            if (position == line.length()) {
                throw new TranscriptException("a string lacks its closing quote");
            }
            if (skip('\\')) {
                bytes.writeBytes(escape());
            } else {
                String character = Character.toString(line.codePointAt(position));
                position += character.length();
                bytes.writeBytes(character.getBytes(StandardCharsets.UTF_8));
            }
        }
        return Value.bytes(bytes.toByteArray());
    }

    private byte[] escape() {
        char escaped = position < line.length() ? line.charAt(position++) : ' ';
        return switch (escaped) {
            case '"', '\\' -> new byte[] {(byte) escaped};
            case 'n' -> new byte[] {'\n'};
            case 'r' -> new byte[] {'\r'};
            case 't' -> new byte[] {'\t'};
            case 'x' -> {
                int end = Math.min(position + 2, line.length());
                byte[] value = hexadecimal(line.substring(position, end));
                position = end;
                yield value;
            }
            default -> throw new TranscriptException("a backslash stands in front of \" \\ n r t or xHH only");
        };
    }
}
