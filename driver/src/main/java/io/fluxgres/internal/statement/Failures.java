package io.fluxgres.internal.statement;

import io.fluxgres.PgBackpressureException;
import io.fluxgres.PgConnectionException;
import io.fluxgres.PgErrorFields;
import io.fluxgres.PgException;
import io.fluxgres.PgProtocolException;
import io.fluxgres.PgServerException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.ErrorFields;
import java.util.stream.Stream;

/** Turns what went wrong into the exceptions that users see. */
public final class Failures {

    private Failures() {}

    /** Returns the exception of an ErrorResponse to what is no SQL of the caller's. */
    public static PgServerException ofServer(ErrorFields error) {
        return new PgServerException(publicFields(error));
    }

    /** Returns the exception of an ErrorResponse to SQL that was sent as it is. */
    public static PgServerException ofServer(ErrorFields error, String sql) {
        return ofServer(error, sql, true);
    }

    /** Returns the exception of an ErrorResponse to SQL; the server's position is in the text that was sent. */
    public static PgServerException ofServer(ErrorFields error, String sql, boolean asSent) {
        PgErrorFields fields = publicFields(error);
        return new PgServerException(fields, ServerErrorContext.of(fields, sql, asSent));
    }

    /**
     * Returns what is said of a statement that was given another number of values than it has parameters.
     *
     * @param expected its parameters, negative if they are not known
     */
    public static String countMismatch(int expected, int bound) {
        String number = expected < 0 ? "another number of parameters" : expected + " parameters";
        return "the statement has " + (expected == 1 ? "1 parameter" : number) + ", but " + bound + " were bound";
    }

    /**
     * Refuses another number of values than a statement has parameters.
     *
     * @throws PgUsageException if it is another
     */
    public static void requireCount(int expected, int bound) {
        if (expected != bound) {
            throw new PgUsageException(countMismatch(expected, bound));
        }
    }

    /** Returns why a connection ends that could not be given what its options say. */
    public static PgConnectionException ofSetting(Throwable failure) {
        return new PgConnectionException(
                "the session could not be set up as its options say: " + failure.getMessage(), false, null, failure);
    }

    /** Returns why a connection ends whose session could not be reset between two users. */
    public static PgConnectionException ofReset(Throwable failure) {
        return new PgConnectionException(
                "the session could not be reset for its next user: " + failure.getMessage(), false, null, failure);
    }

    /** Returns why a session ends that its reset has not brought back to where it began. */
    public static PgConnectionException moved(String parameter) {
        return new PgConnectionException(
                parameter + " is not what it was at startup; behind a pooler that shares sessions by transaction"
                        + " sessionReset=never turns the reset off",
                false,
                null,
                null);
    }

    /** Returns why a session ends that one of those who share it has changed for all. */
    public static PgConnectionException movedWhileShared(String parameter) {
        return new PgConnectionException(
                parameter + " was changed on a connection that others share, where their values would be misread; the"
                        + " connection was closed. Use exclusive() or inTransaction for what changes the session",
                false,
                null,
                null);
    }

    /** Whether a server that reports this may do the same another time: it is short of something, stops, or was told to cancel. */
    public static boolean isPassing(PgServerException error) {
        String state = String.valueOf(error.sqlState());
        return Stream.of("08", "40", "53", "55", "57", "58", "XX").anyMatch(state::startsWith);
    }

    public static PgErrorFields publicFields(ErrorFields error) {
        return new PgErrorFields(error.asMap());
    }

    /**
     * Returns the exception of a request that ended with its connection or was refused before it was written.
     *
     * @param written whether the request had been written, so that its outcome is unknown
     */
    public static PgException ofRequest(PgException reason, boolean written) {
        if (!written && !(reason instanceof PgConnectionException) && !(reason instanceof PgProtocolException)) {
            return reason;
        }
        if (reason instanceof PgUsageException && !reason.safeToRetry()) {
            return reason;
        }
        if (reason instanceof PgBackpressureException) {
            return new PgBackpressureException(String.valueOf(reason.getMessage()), false);
        }
        String outcome = written ? "; the outcome of the request is unknown" : "; the request was not sent";
        if (written && reason instanceof PgProtocolException) {
            return new PgProtocolException(reason.getMessage() + outcome, reason);
        }
        return new PgConnectionException(reason.getMessage() + outcome, !written, reason.errorFields(), reason);
    }
}
