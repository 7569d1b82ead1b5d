package io.fluxgres.internal.flight;

import io.fluxgres.internal.statement.TypeChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How another attempt is made.
 *
 * @param choice how it sends the values that were bound without a type
 * @param inFront what is in front of it if the one before had a savepoint there, null if not
 */
record Repetition(TypeChoice choice, @Nullable List<String> inFront) {}
