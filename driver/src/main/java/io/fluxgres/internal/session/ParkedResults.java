package io.fluxgres.internal.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The requests that the server has answered and whose rows are kept, because nobody has subscribed to their results yet, or
 * not requested the rows. They may never be; so what nobody has subscribed to is dropped when its memory is needed, and at
 * the end of the use of a connection. Confined to the event loop.
 */
final class ParkedResults {

    private final Set<ResultRequest> requests = new LinkedHashSet<>();

    void add(ResultRequest request) {
        requests.add(request);
    }

    void remove(ResultRequest request) {
        requests.remove(request);
    }

    /** Fails the results that nobody has subscribed to. */
    void dropAll(String reason) {
        List<ResultRequest> all = new ArrayList<>(requests);
        all.forEach(request -> request.dropUnsubscribed(reason));
    }
}
