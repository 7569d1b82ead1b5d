package io.fluxgres.internal.protocol;

/** Where a {@link PortalState} pushes the rows, and whom it asks for more of them. */
public interface PortalSink extends ResultSink {

    /** What to fetch behind the rows that are on their way. */
    enum Fetch {
        /** As many rows again. */
        CHUNK,
        /** All rows there are, because another request waits for the end of this one. */
        REST,
        /** None: nobody will want them. */
        NOTHING
    }

    /** Returns what to fetch next; asked when less than half of a chunk is left, so that the next one is there in time. */
    Fetch fetch();
}
