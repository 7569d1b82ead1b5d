package io.fluxgres.internal.protocol;

/**
 * The account of ReadyForQuery: StartupMessage, each Query and each Sync sent owe one, each one received pays.
 *
 * <p>Two facts of the server shape it. A Sync that the server reads while it is in COPY IN is swallowed, so its debt is
 * struck when CopyInResponse is read, and restored if the COPY failed before the server read anything. And a Query behind
 * a failed group without its Sync is skipped without an answer, so none is ever sent there. A surplus is a violation at
 * once: answers that shift by one would be somebody else's.
 *
 * <p>Confined to the connection's event loop.
 */
public final class Ledger {

    private long sent;
    private long received;

    /** Notes a message that ReadyForQuery answers. */
    void sent() {
        sent++;
    }

    /** Notes that the server swallowed a Sync that was already sent. */
    void swallowed() {
        sent--;
    }

    /** Notes that a Sync is answered after all: one ReadyForQuery comes in addition to what is due. */
    void notSwallowed() {
        received--;
    }

    /** Takes back what a request owed whose bytes are not sent. */
    void rewind(long mark) {
        sent = received + mark;
    }

    /**
     * Notes a ReadyForQuery.
     *
     * @throws ProtocolViolation if none was owed
     */
    public void received() {
        if (owed() == 0) {
            throw new ProtocolViolation("the server sent ReadyForQuery that no request is waiting for");
        }
        received++;
    }

    /** Returns how many ReadyForQuery the server still owes. */
    public long owed() {
        return sent - received;
    }

    /** Returns how many ReadyForQuery have been received when all that was sent so far is answered. */
    public long due() {
        return sent;
    }

    /**
     * Closes the account of a conversation that has ended.
     *
     * @param due what {@link #due()} was when the conversation's request had been written
     * @throws ProtocolViolation if ReadyForQuery came too often or not often enough for it
     */
    public void requireBalance(long due) {
        if (received != due) {
            throw new ProtocolViolation(
                    "the server owes " + (due - received) + " ReadyForQuery behind a finished request");
        }
    }
}
