package io.fluxgres.internal.statement;

import org.jspecify.annotations.Nullable;

/**
 * What the failure of an attempt says about another.
 *
 * @param next how another attempt is made; null if it would fail alike
 * @param inVain whether what this attempt changed did not help, so that the error of the one before tells more
 */
public record Lesson(@Nullable TypeChoice next, boolean inVain) {

    public static final Lesson NONE = new Lesson(null, false);
    static final Lesson IN_VAIN = new Lesson(null, true);

    static Lesson repeat(TypeChoice next) {
        return new Lesson(next, false);
    }

    public boolean isRepeatable() {
        return next != null;
    }
}
