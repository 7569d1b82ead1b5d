package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import java.util.List;
import java.util.stream.Stream;

/** The list of the built-in codecs. */
public final class BuiltinCodecs {

    private static final List<Codec> ALL = Stream.of(
                    TextCodecs.all(),
                    IntegerCodecs.all(),
                    List.of(
                            BoolCodec.create(),
                            NumericCodec.create(),
                            UuidCodec.create(),
                            ByteaCodec.create(),
                            DateCodec.create(),
                            TimeCodec.create(),
                            TimestampCodec.create(),
                            TimestamptzCodec.create()),
                    FloatCodecs.all(),
                    JsonCodecs.all(),
                    List.of(new FallbackCodec()))
            .<Codec>flatMap(List::stream)
            .toList();

    private BuiltinCodecs() {}

    /** Returns the built-in codecs in the order in which they are asked; the last one takes every type as text. */
    public static List<Codec> all() {
        return ALL;
    }
}
