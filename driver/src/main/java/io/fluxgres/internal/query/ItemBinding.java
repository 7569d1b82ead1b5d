package io.fluxgres.internal.query;

import io.fluxgres.internal.statement.BoundStatement;
import org.jspecify.annotations.Nullable;

/**
 * Makes an item of a batch when it is about to be written.
 *
 * @param <R> what an item is made of
 */
@FunctionalInterface
interface ItemBinding<R> {

    /**
     * Returns the item.
     *
     * @param before the item before, with which it may share how the values are sent; null for the first
     */
    BoundStatement bind(R row, @Nullable BoundStatement before);
}
