package io.fluxgres;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A query was not answered before its deadline: {@link PgQuery#timeout} or {@link PgOption#STATEMENT_TIMEOUT}, both the
 * caller's own. Or BEGIN, COMMIT, ROLLBACK or a savepoint was not, for which {@link PgOption#CONTROL_TIMEOUT} counts where
 * the caller gave none. A timeout of the server is a {@link PgServerException} with SQLSTATE 57014 or 55P03.
 *
 * <p>If the query had not been sent, {@link #safeToRetry} is true. If it had, it may have been executed or may still be:
 * its outcome is unknown, though the server is asked to cancel a query where that can hit nothing else. The cause is what the
 * query had failed of already, if it had.
 */
public final class PgTimeoutException extends PgException {

    /** Creates the exception of a query that was not sent. */
    public static PgTimeoutException notSent(Duration timeout) {
        return new PgTimeoutException(
                "the query was not answered within " + timeout.toMillis() + " ms; it was not sent", true, null);
    }

    public PgTimeoutException(String message, boolean safeToRetry, @Nullable Throwable cause) {
        super(Fault.CALLER, safeToRetry, message, cause);
    }
}
