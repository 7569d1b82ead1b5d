package io.fluxgres.internal.session;

import io.fluxgres.internal.row.SpoolBudget;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The requests that the server has answered and whose rows are kept, because nobody has subscribed to their results yet, or
 * not requested the rows. They may never be; so what nobody has subscribed to is dropped when its memory is needed, and at
 * the end of the use of a connection. Confined to the event loop.
 */
public final class ParkedResults {

    /** One of them. */
    public interface Parked {

        /** Fails those of its results that nobody has subscribed to. */
        void dropUnsubscribed(String reason);
    }

    private final SpoolBudget budget;
    private final Set<Parked> requests = new LinkedHashSet<>();

    ParkedResults(SpoolBudget budget) {
        this.budget = budget;
    }

    /** Returns the budget of the memory for them. */
    public SpoolBudget budget() {
        return budget;
    }

    /** Whether another row may be kept. What nobody may ever ask for has to give way. */
    public boolean hasRoom() {
        if (budget.isExhausted()) {
            dropAll("the memory is needed for others (" + budget.bound() + ")");
        }
        return !budget.isExhausted();
    }

    public void add(Parked request) {
        requests.add(request);
    }

    public void remove(Parked request) {
        requests.remove(request);
    }

    /** Fails the results that nobody has subscribed to. */
    public void dropAll(String reason) {
        List<Parked> all = new ArrayList<>(requests);
        all.forEach(request -> request.dropUnsubscribed(reason));
    }
}
