package io.fluxgres.internal.protocol;

/** Where the rows of a portal are pushed, and who is asked for more of them. */
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

    /**
     * The execution has ended with as many rows as it was limited to, where PostgreSQL suspends the portal: there may be more
     * that are lost. {@link #onCommandComplete} follows.
     */
    void onRowLimit(int limit);
}
