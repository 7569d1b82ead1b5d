package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The codec of one built-in type: a table of decoders by the class asked for and of encoders by the class of the value.
 *
 * <p>Each entry is a pair, one for each format. The type is recognised by its OID alone. A primitive class and its
 * wrapper share an entry. Immutable.
 */
final class TypeCodec implements Codec {

    private final PgType type;
    private final Map<Class<?>, Pair<Decoder<?>>> decoders;
    private final Map<Class<?>, Pair<Encoder<?>>> encoders;
    /** An array, for every parameter that is bound asks many codecs, and none of them should allocate an iterator. */
    private final Class<?>[] parameterClasses;

    private final boolean isoText;

    private TypeCodec(Builder builder) {
        type = builder.type;
        isoText = builder.isoText;
        decoders = Map.copyOf(builder.decoders);
        encoders = new LinkedHashMap<>(builder.encoders);
        parameterClasses = builder.parameterClasses.toArray(Class<?>[]::new);
    }

    static Builder of(PgType type) {
        return new Builder(type);
    }

    @Override
    @SuppressWarnings("unchecked") // the builder ties the decoder to the class
    public <T> @Nullable Decoder<T> decoder(PgType asked, Format format, Class<T> askedClass, CodecContext context) {
        if (asked.oid() != type.oid()) {
            return null;
        }
        if (isoText && askedClass == String.class && !isIso(context)) {
            return null;
        }
        Pair<Decoder<?>> pair = decoders.get(boxed(askedClass));
        return pair == null ? null : (Decoder<T>) pair.of(format);
    }

    private static boolean isIso(CodecContext context) {
        String dateStyle = context.serverParameter("DateStyle");
        return dateStyle == null || dateStyle.startsWith("ISO");
    }

    @Override
    @SuppressWarnings("unchecked") // the builder ties the encoder to the class or a superclass of it
    public <T> @Nullable Encoder<T> encoder(PgType asked, Format format, Class<T> valueClass, CodecContext context) {
        if (asked.oid() != type.oid()) {
            return null;
        }
        Class<?> boxed = boxed(valueClass);
        Pair<Encoder<?>> pair = encoders.get(boxed);
        if (pair == null) {
            pair = encoderOfSuperclass(boxed);
        }
        return pair == null ? null : (Encoder<T>) pair.of(format);
    }

    private @Nullable Pair<Encoder<?>> encoderOfSuperclass(Class<?> valueClass) {
        for (Map.Entry<Class<?>, Pair<Encoder<?>>> entry : encoders.entrySet()) {
            if (entry.getKey().isAssignableFrom(valueClass)) {
                return entry.getValue();
            }
        }
        return null;
    }

    @Override
    public @Nullable PgType parameterType(Class<?> valueClass) {
        Class<?> boxed = boxed(valueClass);
        for (Class<?> parameterClass : parameterClasses) {
            if (parameterClass.isAssignableFrom(boxed)) {
                return type;
            }
        }
        return null;
    }

    private static Class<?> boxed(Class<?> type) {
        return type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
    }

    private record Pair<C>(C text, C binary) {

        C of(Format format) {
            return format == Format.TEXT ? text : binary;
        }
    }

    /** Collects the entries of the table; the last one given for a class counts. */
    static final class Builder {

        private static final Set<Class<?>> UNBOXED = Set.of(Boolean.class, Integer.class, Long.class, Double.class);

        private final PgType type;
        private final Map<Class<?>, Pair<Decoder<?>>> decoders = new HashMap<>();
        private final Map<Class<?>, Pair<Encoder<?>>> encoders = new LinkedHashMap<>();
        private final Set<Class<?>> parameterClasses = new HashSet<>();
        private boolean isoText;

        private Builder(PgType type) {
            this.type = type;
        }

        /** The text depends on DateStyle and is known only while that is ISO. */
        Builder isoText() {
            isoText = true;
            return this;
        }

        Builder decodeBoolean(Decoder.OfBoolean text, Decoder.OfBoolean binary) {
            decoders.put(Boolean.class, new Pair<>(text, binary));
            return this;
        }

        Builder decodeInt(Decoder.OfInt text, Decoder.OfInt binary) {
            decoders.put(Integer.class, new Pair<>(text, binary));
            return this;
        }

        Builder decodeLong(Decoder.OfLong text, Decoder.OfLong binary) {
            decoders.put(Long.class, new Pair<>(text, binary));
            return this;
        }

        Builder decodeDouble(Decoder.OfDouble text, Decoder.OfDouble binary) {
            decoders.put(Double.class, new Pair<>(text, binary));
            return this;
        }

        /** Adds decoders to a class that has no primitive decoder. */
        <T> Builder decode(Class<T> asked, Decoder<? extends T> text, Decoder<? extends T> binary) {
            if (UNBOXED.contains(asked)) {
                throw new IllegalArgumentException(asked + " has a primitive decoder");
            }
            decoders.put(asked, new Pair<>(text, binary));
            return this;
        }

        <T> Builder encode(Class<T> valueClass, Encoder<? super T> text, Encoder<? super T> binary) {
            encoders.put(valueClass, new Pair<>(text, binary));
            return this;
        }

        /** Declares parameters of these classes and their subclasses as the type. */
        Builder parameters(Class<?>... valueClasses) {
            parameterClasses.addAll(Set.of(valueClasses));
            return this;
        }

        TypeCodec build() {
            return new TypeCodec(this);
        }
    }
}
