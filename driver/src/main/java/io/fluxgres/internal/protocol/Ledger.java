package io.fluxgres.internal.protocol;

/**
 * The account of ReadyForQuery: each Query and each Sync sent owes one, each one received pays.
 *
 * <p>Two facts of the server shape it. A Sync that the server reads while it is in COPY IN is swallowed, so its debt is
 * struck when the end of the COPY shows that it was. And a Query behind a failed group without its Sync is skipped
 * without an answer, so none is ever sent there. A surplus is a violation at once: answers that shift by one would be
 * somebody else's.
 *
 * <p>Confined to the connection's event loop.
 */
public final class Ledger {

    private long owed;

    /** Notes a Query or Sync that was written. */
    void sent() {
        owed++;
    }

    /** Notes that the server swallowed a Sync that was already sent. */
    void swallowed() {
        owed--;
    }

    /** Takes back what a request owed whose bytes are not sent. */
    void rewind(long mark) {
        owed = mark;
    }

    /**
     * Notes a ReadyForQuery.
     *
     * @throws ProtocolViolation if none was owed
     */
    public void received() {
        if (owed == 0) {
            throw new ProtocolViolation("the server sent ReadyForQuery that no request is waiting for");
        }
        owed--;
    }

    /** Returns how many ReadyForQuery the server still owes. */
    public long owed() {
        return owed;
    }
}
