package io.fluxgres.internal.protocol;

/**
 * Where a state pushes the results of a request. Called on the connection's event loop, in the order of the messages.
 *
 * <p>A state knows nothing of subscribers: it asks for the demand before each row and pushes the rest. What only the
 * extended query protocol has need not be taken.
 */
public interface ResultSink {

    /** What to do with the next row. */
    enum Demand {
        /** Push it. */
        ROW,
        /** Nobody wants it yet: the state pauses in front of it. */
        NONE,
        /** Nobody will want it: drop it unread. */
        DISCARD
    }

    /** Returns the demand for the next row. */
    Demand demand();

    /** The server knows the statement now, by the name that Parse gave it. */
    default void onParseComplete() {}

    /** The types of the statement's parameters. */
    default void onParameterDescription(ParameterDescription parameters) {}

    /** The server took the statement and its parameters: it is executed from now on. */
    default void onBindComplete() {}

    /**
     * A result with columns begins; may be repeated before the first row of a result, the last one counts.
     *
     * @param description the columns, in the formats of the rows that follow
     */
    void onRowDescription(RowDescription description);

    /** The statement was described and returns no rows. */
    default void onNoData() {}

    /** A row of the open result; {@code row} is valid only during the call. */
    void onRow(DataRow row);

    /** A statement has been executed, subject to the end of its transaction. */
    void onCommandComplete(CommandTag tag);

    /** The SQL, or one of its statements, was empty. */
    void onEmptyQuery();

    /** The request failed; nothing follows but the end of the conversation. */
    void onError(ErrorFields error);

    /** The statement entered COPY, which this request cannot serve; the state leaves it again. */
    void onCopy(CopyDirection direction);
}
