package io.fluxgres.internal.flight;

import io.fluxgres.internal.statement.BoundStatement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * The items of an atomic batch, taken one by one when they are written. Those taken before the first answer are kept, so
 * that the batch can be written once more; the window of the batch bounds them.
 */
public final class BatchItems {

    private final Supplier<Iterator<BoundStatement>> source;
    private final List<BoundStatement> taken = new ArrayList<>();
    private @Nullable Iterator<BoundStatement> items;
    private boolean answered;
    private @Nullable BoundStatement peeked;
    /** What the user's code threw when the next item was peeked at. */
    private @Nullable Throwable failure;

    /**
     * Creates the items of one execution.
     *
     * @param source asked once, in front of the first item
     */
    public BatchItems(Supplier<Iterator<BoundStatement>> source) {
        this.source = source;
    }

    /** Returns the next item, which stays the next; null behind the last, or if the user's code throws. */
    @Nullable BoundStatement peek() {
        if (peeked == null && failure == null) {
            try {
                peeked = take();
            } catch (Throwable thrown) {
                Exceptions.throwIfFatal(thrown);
                failure = thrown;
            }
        }
        return peeked;
    }

    private @Nullable BoundStatement take() {
        if (items == null) {
            items = source.get();
        }
        return items.hasNext() ? items.next() : null;
    }

    /** Returns the next item, null behind the last; throws what the user's code throws. */
    @Nullable BoundStatement next() throws Throwable {
        if (failure != null) {
            throw failure;
        }
        BoundStatement item = peeked != null ? peeked : take();
        peeked = null;
        if (item != null && !answered) {
            taken.add(item);
        }
        return item;
    }

    /** An item was answered. */
    void onAnswered() {
        answered = true;
        taken.clear();
    }

    /** Returns all items from the first on, unless one was answered; goes on with the iterator, which may be the only one. */
    BatchItems again() {
        Iterator<BoundStatement> rest = items;
        if (rest == null) {
            return new BatchItems(source);
        }
        Iterable<BoundStatement> others = () -> rest;
        return new BatchItems(Stream.concat(
                List.copyOf(taken).stream(), StreamSupport.stream(others.spliterator(), false))::iterator);
    }
}
