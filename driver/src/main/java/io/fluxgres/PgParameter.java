package io.fluxgres;

import io.fluxgres.codec.PgType;
import org.jspecify.annotations.Nullable;

/**
 * A parameter with a declared type, where the class of the value does not tell it: {@code PgParameter.of(PgType.JSONB,
 * text)}, or a NULL of a certain type.
 *
 * <p>A NULL needs a type where the SQL does not give it one, as a filter that is left out:
 *
 * <pre>{@code
 * client.query("select title from book where $1 is null or price < $1")
 *     .bind(PgParameter.nullOf(BigDecimal.class))
 * }</pre>
 *
 * @param type the type that the server is told; {@link PgType#UNSPECIFIED} lets the server infer it
 * @param value the value, null for NULL
 * @param valueClass of a NULL whose type is that of the values of a class: this class; null for all others
 */
public record PgParameter(
        PgType type, @Nullable Object value, @Nullable Class<?> valueClass) {

    /** Returns a parameter of a type. */
    public static PgParameter of(PgType type, @Nullable Object value) {
        return new PgParameter(type, value, null);
    }

    /**
     * Returns a NULL that is declared as values of a class are when they are bound. If no codec knows the class, it has no type,
     * as a bare null.
     */
    public static PgParameter nullOf(Class<?> valueClass) {
        return new PgParameter(PgType.UNSPECIFIED, null, valueClass);
    }
}
