package io.fluxgres.r2dbc;

import io.fluxgres.PgAuthenticationException;
import io.fluxgres.PgBackpressureException;
import io.fluxgres.PgBatchException;
import io.fluxgres.PgConnectionException;
import io.fluxgres.PgConversionException;
import io.fluxgres.PgErrorFields;
import io.fluxgres.PgException;
import io.fluxgres.PgProtocolException;
import io.fluxgres.PgRollbackException;
import io.fluxgres.PgTimeoutException;
import io.fluxgres.PgUsageException;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import org.jspecify.annotations.Nullable;

/**
 * Translates the driver's exceptions. SQLSTATE and the server's message are kept, the SQL is told, and the cause is the
 * exception of the driver with all fields of the server. The failure of a batch is translated as that of its item, which its
 * message names.
 *
 * <p>A mistake of the caller is what the server's answer to it would be: bad grammar if the driver was asked for something
 * impossible, a violation of integrity if a value does not fit its type.
 */
final class R2dbcErrors {

    private R2dbcErrors() {}

    /** An error that is none of those that R2DBC has a class for. */
    private static final class OtherException extends R2dbcNonTransientException {

        OtherException(String reason, @Nullable String sqlState, @Nullable String sql, Throwable cause) {
            super(reason, sqlState, 0, sql, cause);
        }
    }

    static Throwable translate(Throwable failure) {
        return translate(failure, null);
    }

    /** Translates what comes from the driver; what comes from anybody else stays as it is. */
    static Throwable translate(Throwable failure, @Nullable String sql) {
        return failure instanceof PgException reported ? translate(reported, sql) : failure;
    }

    static R2dbcException translate(PgException failure, @Nullable String sql) {
        boolean ofBatch = failure instanceof PgBatchException;
        Throwable met = ofBatch ? failure.getCause() : failure;
        PgErrorFields fields = failure.errorFields();
        String state = failure.sqlState();
        String reason = fields == null || ofBatch ? String.valueOf(failure.getMessage()) : fields.message();
        if (state != null && !(met instanceof PgConnectionException)) {
            return ofServer(reason, state, sql, failure);
        } else if (met instanceof PgTimeoutException) {
            return new R2dbcTimeoutException(reason, state, 0, sql, failure);
        } else if (met instanceof PgRollbackException) {
            return new R2dbcRollbackException(reason, state, 0, sql, failure);
        } else if (met instanceof PgAuthenticationException) {
            return new R2dbcPermissionDeniedException(reason, state, 0, sql, failure);
        } else if (met instanceof PgBackpressureException) {
            return new R2dbcTransientResourceException(reason, state, 0, sql, failure);
        } else if (met instanceof PgConnectionException || met instanceof PgProtocolException) {
            return new R2dbcNonTransientResourceException(String.valueOf(failure.getMessage()), state, 0, sql, failure);
        } else if (met instanceof PgConversionException) {
            return new R2dbcDataIntegrityViolationException(reason, state, 0, sql, failure);
        } else if (met instanceof PgUsageException) {
            return new R2dbcBadGrammarException(reason, state, 0, sql, failure);
        }
        return new OtherException(reason, state, sql, failure);
    }

    /** Translates by the classes of SQLSTATE in Appendix A of the manual. */
    private static R2dbcException ofServer(String reason, String state, @Nullable String sql, PgException cause) {
        switch (state) {
            case "57014", "55P03", "25P03", "25P04" -> {
                return new R2dbcTimeoutException(reason, state, 0, sql, cause);
            }
            case "42501", "25006" -> {
                return new R2dbcPermissionDeniedException(reason, state, 0, sql, cause);
            }
            case "40002" -> {
                return new R2dbcDataIntegrityViolationException(reason, state, 0, sql, cause);
            }
            case "57P03" -> {
                return new R2dbcTransientResourceException(reason, state, 0, sql, cause);
            }
            default -> {}
        }
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "22", "23", "27", "44" -> new R2dbcDataIntegrityViolationException(reason, state, 0, sql, cause);
            case "07", "0A", "21", "26", "2F", "34", "3D", "3F", "42" ->
                new R2dbcBadGrammarException(reason, state, 0, sql, cause);
            case "28" -> new R2dbcPermissionDeniedException(reason, state, 0, sql, cause);
            case "40" -> new R2dbcRollbackException(reason, state, 0, sql, cause);
            case "53", "55" -> new R2dbcTransientResourceException(reason, state, 0, sql, cause);
            case "08", "25", "57", "58", "XX" -> new R2dbcNonTransientResourceException(reason, state, 0, sql, cause);
            default -> new OtherException(reason, state, sql, cause);
        };
    }
}
