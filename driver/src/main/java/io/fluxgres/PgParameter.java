package io.fluxgres;

import io.fluxgres.codec.PgType;
import org.jspecify.annotations.Nullable;

/**
 * A parameter with a declared type, where the class of the value does not tell it: {@code PgParameter.of(PgType.JSONB,
 * text)}, or a NULL of a certain type.
 *
 * @param type the type that the server is told; {@link PgType#UNSPECIFIED} lets the server infer it
 * @param value the value, null for NULL
 */
public record PgParameter(PgType type, @Nullable Object value) {

    /** Returns a parameter of a type. */
    public static PgParameter of(PgType type, @Nullable Object value) {
        return new PgParameter(type, value);
    }
}
