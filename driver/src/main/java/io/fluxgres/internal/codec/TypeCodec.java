package io.fluxgres.internal.codec;

import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.CodecException;
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
 * <p>An entry has one for each format; which decoder it is may depend on the session. The type is recognised by its OID
 * alone. A primitive class and its wrapper share an entry. Immutable.
 */
final class TypeCodec implements Codec {

    private final PgType type;
    private final Map<Class<?>, Source<?>> decoders;
    private final Map<Class<?>, Encoders<?>> encoders;
    /** What to ask for instead of any other class. */
    private final @Nullable String advice;

    /** An array, for every parameter that is bound asks many codecs, and none of them should allocate an iterator. */
    private final Class<?>[] parameterClasses;

    private TypeCodec(Builder builder) {
        type = builder.type;
        advice = builder.advice;
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
        Source<?> source = decoders.get(boxed(askedClass));
        if (source != null) {
            return (Decoder<T>) source.decoder(format, context);
        } else if (advice != null) {
            throw new CodecException(advice);
        }
        return null;
    }

    @Override
    @SuppressWarnings("unchecked") // the builder ties the encoder to the class or a superclass of it
    public <T> @Nullable Encoder<T> encoder(PgType asked, Format format, Class<T> valueClass, CodecContext context) {
        if (asked.oid() != type.oid()) {
            return null;
        }
        Class<?> boxed = boxed(valueClass);
        Encoders<?> pair = encoders.get(boxed);
        if (pair == null) {
            pair = encodersOfSuperclass(boxed);
        }
        return pair == null ? null : (Encoder<T>) pair.of(format);
    }

    private @Nullable Encoders<?> encodersOfSuperclass(Class<?> valueClass) {
        for (Map.Entry<Class<?>, Encoders<?>> entry : encoders.entrySet()) {
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

    /** Where a decoder to one class comes from. */
    @FunctionalInterface
    interface Source<T> {

        /**
         * Returns the decoder, or null if values in that format cannot be read while the session is as it is.
         *
         * @throws CodecException if they cannot be read as the class at all
         */
        @Nullable Decoder<? extends T> decoder(Format format, CodecContext context);
    }

    /** The encoder for each format; there may be none for binary. */
    private record Encoders<T>(
            Encoder<? super T> text, @Nullable Encoder<? super T> binary) {

        @Nullable Encoder<? super T> of(Format format) {
            return format == Format.TEXT ? text : binary;
        }
    }

    /** Collects the entries of the table; the last one given for a class counts. */
    static final class Builder {

        private static final Set<Class<?>> UNBOXED = Set.of(Boolean.class, Integer.class, Long.class, Double.class);

        private final PgType type;
        private final Map<Class<?>, Source<?>> decoders = new HashMap<>();
        private final Map<Class<?>, Encoders<?>> encoders = new LinkedHashMap<>();
        private final Set<Class<?>> parameterClasses = new HashSet<>();
        private @Nullable String advice;

        private Builder(PgType type) {
            this.type = type;
        }

        /** Refuses every class that has no entry, and tells what to ask for instead. */
        Builder refuseOthers(String insteadOfThem) {
            advice = insteadOfThem;
            return this;
        }

        /** Refuses a class for a reason of its own. */
        Builder refuse(Class<?> asked, String reason) {
            return decode(asked, (format, context) -> {
                throw new CodecException(reason);
            });
        }

        Builder decodeBoolean(Decoder.OfBoolean text, Decoder.OfBoolean binary) {
            return put(Boolean.class, text, binary);
        }

        Builder decodeInt(Decoder.OfInt text, Decoder.OfInt binary) {
            return put(Integer.class, text, binary);
        }

        Builder decodeLong(Decoder.OfLong text, Decoder.OfLong binary) {
            return put(Long.class, text, binary);
        }

        Builder decodeDouble(Decoder.OfDouble text, Decoder.OfDouble binary) {
            return put(Double.class, text, binary);
        }

        /** Adds decoders to a class that has no primitive decoder. */
        <T> Builder decode(Class<T> asked, Decoder<? extends T> text, Decoder<? extends T> binary) {
            if (UNBOXED.contains(asked)) {
                throw new IllegalArgumentException(asked + " has a primitive decoder");
            }
            return put(asked, text, binary);
        }

        /** Adds decoders that depend on the session. */
        <T> Builder decode(Class<T> asked, Source<? extends T> source) {
            decoders.put(asked, source);
            return this;
        }

        private <T> Builder put(Class<T> asked, Decoder<? extends T> text, Decoder<? extends T> binary) {
            return decode(asked, (format, context) -> format == Format.TEXT ? text : binary);
        }

        <T> Builder encode(Class<T> valueClass, Encoder<? super T> text, Encoder<? super T> binary) {
            encoders.put(valueClass, new Encoders<>(text, binary));
            return this;
        }

        /** Adds an encoder of what the server alone can read as the type. */
        <T> Builder encodeText(Class<T> valueClass, Encoder<? super T> text) {
            encoders.put(valueClass, new Encoders<>(text, null));
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
