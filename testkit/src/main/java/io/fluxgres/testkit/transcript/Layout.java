package io.fluxgres.testkit.transcript;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How one or more fields of a message are laid out in bytes; a message is a sequence of layouts. Each can write what a
 * transcript says and can read bytes back into the same words.
 */
enum Layout {
    STRING {
        @Override
        void encode(Fields fields, BodyWriter out) {
            out.string(fields.nextBytes());
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            fields.add(Field.of(Value.bytes(in.string())));
        }
    },
    LETTER {
        @Override
        void encode(Fields fields, BodyWriter out) {
            String word = fields.nextWord();
            if (word.length() != 1) {
                throw new TranscriptException("%s is no single letter".formatted(word));
            }
            out.int8(word.charAt(0));
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            fields.add(Field.of(Value.word(String.valueOf((char) in.int8()))));
        }
    },
    NUMBER {
        @Override
        void encode(Fields fields, BodyWriter out) {
            out.int32(fields.nextNumber());
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            fields.add(Field.of(Value.word(Integer.toString(in.int32()))));
        }
    },
    VERSION {
        @Override
        void encode(Fields fields, BodyWriter out) {
            String[] numbers = fields.nextWord().split("\\.", -1);
            if (numbers.length != 2) {
                throw new TranscriptException("a protocol version has a major and a minor number");
            }
            out.int16(Fields.number(numbers[0])).int16(Fields.number(numbers[1]));
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            fields.add(Field.of(Value.word(in.unsignedInt16() + "." + in.unsignedInt16())));
        }
    },
    /** Bytes up to the end of the message. */
    REST {
        @Override
        void encode(Fields fields, BodyWriter out) {
            out.bytes(fields.nextBytes());
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            fields.add(Field.of(Value.bytes(in.rest())));
        }
    },
    /** Int32 length or -1 for null, then so many bytes. */
    SIZED {
        @Override
        void encode(Fields fields, BodyWriter out) {
            encodeSized(fields.next().value(), out);
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            fields.add(Field.of(decodeSized(in)));
        }
    },
    /** Int16 count, then sized values. */
    VALUES {
        @Override
        void encode(Fields fields, BodyWriter out) {
            List<Field> values = remaining(fields);
            out.int16(values.size());
            values.forEach(field -> encodeSized(field.value(), out));
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            for (int i = in.unsignedInt16(); i > 0; i--) {
                fields.add(Field.of(decodeSized(in)));
            }
        }
    },
    /** Int16 count, then OIDs of types. */
    TYPES {
        @Override
        void encode(Fields fields, BodyWriter out) {
            List<Field> types = remaining(fields);
            out.int16(types.size());
            types.forEach(field -> out.int32(TypeNames.oid(field.value().word())));
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            for (int i = in.unsignedInt16(); i > 0; i--) {
                fields.add(Field.of(Value.word(TypeNames.word(in.int32()))));
            }
        }
    },
    /** The columns of a RowDescription; table, number and width of a column are not written in transcripts. */
    COLUMNS {
        @Override
        void encode(Fields fields, BodyWriter out) {
            List<Field> columns = remaining(fields);
            out.int16(columns.size());
            columns.forEach(column -> ColumnText.encode(column, out));
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            for (int i = in.unsignedInt16(); i > 0; i--) {
                fields.add(ColumnText.decode(in));
            }
        }
    },
    /** Int8 overall format, Int16 count, then Int16 formats of columns. */
    COPY_FORMATS {
        @Override
        void encode(Fields fields, BodyWriter out) {
            out.int8(formatCode(fields.nextWord()));
            encodeFormats(remaining(fields), out);
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            fields.add(Field.of(formatWord(in.int8())));
            decodeFormats(in, fields);
        }
    },
    /** The formats, values and result formats of a Bind, each behind its keyword unless there are none. */
    BIND_GROUPS {
        private static final List<String> KEYWORDS = List.of("formats", "values", "results");

        @Override
        void encode(Fields fields, BodyWriter out) {
            encodeFormats(group("formats", fields), out);
            List<Field> values = group("values", fields);
            out.int16(values.size());
            values.forEach(field -> encodeSized(field.value(), out));
            encodeFormats(group("results", fields), out);
        }

        private static List<Field> group(String keyword, Fields fields) {
            List<Field> group = new ArrayList<>();
            if (fields.hasNext() && isKeyword(fields.peek(), Set.of(keyword))) {
                fields.next();
                while (fields.hasNext() && !isKeyword(fields.peek(), Set.copyOf(KEYWORDS))) {
                    group.add(fields.next());
                }
            }
            return group;
        }

        private static boolean isKeyword(Field field, Set<String> keywords) {
            Value value = field.value();
            return value.kind() == Value.Kind.WORD && keywords.contains(value.content());
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            List<Field> formats = new ArrayList<>();
            decodeFormats(in, formats);
            addGroup("formats", formats, fields);
            List<Field> values = new ArrayList<>();
            VALUES.decode(in, values);
            addGroup("values", values, fields);
            List<Field> results = new ArrayList<>();
            decodeFormats(in, results);
            addGroup("results", results, fields);
        }

        private static void addGroup(String keyword, List<Field> group, List<Field> fields) {
            if (!group.isEmpty()) {
                fields.add(Field.of(Value.word(keyword)));
                fields.addAll(group);
            }
        }
    },
    /** Int32 count, then strings. */
    COUNTED_STRINGS {
        @Override
        void encode(Fields fields, BodyWriter out) {
            List<Field> strings = remaining(fields);
            out.int32(strings.size());
            strings.forEach(field -> out.string(field.value().bytes()));
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            for (int i = in.int32(); i > 0; i--) {
                STRING.decode(in, fields);
            }
        }
    },
    /** Strings up to an empty one. */
    TERMINATED_STRINGS {
        @Override
        void encode(Fields fields, BodyWriter out) {
            remaining(fields).forEach(field -> out.string(field.value().bytes()));
            out.int8(0);
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            for (byte[] string = in.string(); string.length > 0; string = in.string()) {
                fields.add(Field.of(Value.bytes(string)));
            }
        }
    },
    /** Pairs of a name and a value, both strings, up to an empty name. */
    NAMED_STRINGS {
        @Override
        void encode(Fields fields, BodyWriter out) {
            remaining(fields)
                    .forEach(field -> out.string(Value.bytes(nameOf(field)).bytes())
                            .string(field.value().bytes()));
            out.int8(0);
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            for (String name = in.name(); !name.isEmpty(); name = in.name()) {
                fields.add(Field.named(name, Value.bytes(in.string())));
            }
        }
    },
    /** Pairs of a letter and a string, up to a zero letter. */
    CODED_STRINGS {
        @Override
        void encode(Fields fields, BodyWriter out) {
            remaining(fields)
                    .forEach(field -> out.int8(nameOf(field).charAt(0))
                            .string(field.value().bytes()));
            out.int8(0);
        }

        @Override
        void decode(BodyReader in, List<Field> fields) {
            for (int code = in.int8(); code != 0; code = in.int8()) {
                fields.add(Field.named(String.valueOf((char) code), Value.bytes(in.string())));
            }
        }
    };

    /** Appends what the next fields say. */
    abstract void encode(Fields fields, BodyWriter out);

    /** Reads the fields that {@link #encode} would have written. */
    abstract void decode(BodyReader in, List<Field> fields);

    private static List<Field> remaining(Fields fields) {
        List<Field> remaining = new ArrayList<>();
        while (fields.hasNext()) {
            remaining.add(fields.next());
        }
        return remaining;
    }

    private static String nameOf(Field field) {
        if (field.name() == null) {
            throw new TranscriptException("%s must be written name=value".formatted(field));
        }
        return field.name();
    }

    private static void encodeSized(Value value, BodyWriter out) {
        if (value.isWord("null")) {
            out.int32(-1);
        } else {
            byte[] bytes = value.bytes();
            out.int32(bytes.length).bytes(bytes);
        }
    }

    private static Value decodeSized(BodyReader in) {
        int length = in.int32();
        return length == -1 ? Value.word("null") : Value.bytes(in.bytes(length));
    }

    private static void encodeFormats(List<Field> formats, BodyWriter out) {
        out.int16(formats.size());
        formats.forEach(field -> out.int16(formatCode(field.value().word())));
    }

    private static void decodeFormats(BodyReader in, List<Field> fields) {
        for (int i = in.unsignedInt16(); i > 0; i--) {
            fields.add(Field.of(formatWord(in.int16())));
        }
    }

    static int formatCode(String word) {
        return switch (word) {
            case "text" -> 0;
            case "binary" -> 1;
            default -> Fields.number(word);
        };
    }

    static Value formatWord(int code) {
        return Value.word(
                switch (code) {
                    case 0 -> "text";
                    case 1 -> "binary";
                    default -> Integer.toString(code);
                });
    }
}
