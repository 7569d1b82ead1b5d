package io.fluxgres.internal.codec;

import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The tables of types and classes in Markdown, as {@code docs/types.md} shows them, made of what the registry answers. */
final class TypeTable {

    /** A value of each type whose text is not that of a string. */
    private static final Map<String, String> SAMPLES = Map.ofEntries(
            Map.entry("bool", "t"),
            Map.entry("bytea", "\\x00"),
            Map.entry("int2", "1"),
            Map.entry("int4", "1"),
            Map.entry("int8", "1"),
            Map.entry("oid", "1"),
            Map.entry("float4", "1"),
            Map.entry("float8", "1"),
            Map.entry("numeric", "1"),
            Map.entry("date", "2000-01-01"),
            Map.entry("time", "00:00:00"),
            Map.entry("timestamp", "2000-01-01 00:00:00"),
            Map.entry("timestamptz", "2000-01-01 00:00:00+00"),
            Map.entry("uuid", "00000000-0000-0000-0000-000000000000"));

    private TypeTable() {}

    /** Returns the types, with their natural class and the classes that are read and bound. */
    static String types() {
        StringBuilder table = new StringBuilder(
                "| type | `get(i)` gives | may be asked for | may be bound as it |\n|---|---|---|---|\n");
        for (PgType type : CodecFixture.TYPES) {
            table.append(row("`" + type.name() + "`", type));
        }
        table.append(row("all others", new PgType(869, "inet", PgType.Kind.BASE, 0)));
        return table.append(row("arrays", new PgType(1009, "_text", PgType.Kind.ARRAY, 25)))
                .toString();
    }

    /** Returns the classes, with the type that their values are declared as. */
    static String classes() {
        StringBuilder table = new StringBuilder("| class | declared as |\n|---|---|\n");
        for (Class<?> known : ReadableClasses.all()) {
            PgType declared = CodecFixture.REGISTRY.parameterType(known);
            table.append(
                    "| `" + known.getSimpleName() + "` | " + (declared == null ? "-" : "`" + declared + "`") + " |\n");
        }
        return table.toString();
    }

    private static String row(String name, PgType type) {
        List<Class<?>> read = new ArrayList<>();
        List<Class<?>> bound = new ArrayList<>();
        for (Class<?> known : ReadableClasses.all()) {
            if (ReadableClasses.isReadable(type, known, CodecFixture.CONTEXT)) {
                read.add(known);
            }
            if (CodecFixture.REGISTRY.encoder(type, Format.TEXT, known, CodecFixture.CONTEXT) != null) {
                bound.add(known);
            }
        }
        return "| " + name + " | " + natural(type) + " | " + names(read) + " | " + names(bound) + " |\n";
    }

    private static String natural(PgType type) {
        Decoder<Object> decoder = CodecFixture.REGISTRY.decoder(type, Format.TEXT, Object.class, CodecFixture.CONTEXT);
        if (decoder == null) {
            return "-";
        }
        byte[] sample = SAMPLES.getOrDefault(type.name(), "x").getBytes(StandardCharsets.UTF_8);
        Object value = decoder.decode(Unpooled.wrappedBuffer(sample), 0, sample.length);
        return names(List.of(value.getClass()));
    }

    private static String names(List<Class<?>> classes) {
        return classes.isEmpty()
                ? "-"
                : classes.stream()
                        .map(known -> "`" + known.getSimpleName() + "`")
                        .collect(Collectors.joining(", "));
    }
}
