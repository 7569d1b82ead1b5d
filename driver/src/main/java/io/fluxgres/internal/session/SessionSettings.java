package io.fluxgres.internal.session;

import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgQueryMode;
import io.fluxgres.PgSessionReset;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the options say of every session of a factory.
 *
 * @param database the name that is asked for, null for the server's choice
 * @param simpleOnly whether only the simple query protocol is to be spoken
 * @param fetchSize of queries that do not say, in rows; 0 for all at once
 * @param pipelineBytes how many bytes may be written ahead of the answers to them
 * @param cacheSize the most SQL texts that are remembered; 0 keeps nothing prepared
 * @param prepareThreshold from which execution on a text is kept prepared
 * @param timeout of queries that do not say, from the subscription on; null for none
 * @param controlTimeout within which a statement of the driver's own is answered
 * @param validationTimeout within which a validation is answered
 */
public record SessionSettings(
        @Nullable String database,
        boolean simpleOnly,
        int fetchSize,
        int pipelineBytes,
        int cacheSize,
        int prepareThreshold,
        PgSessionReset reset,
        @Nullable Duration timeout,
        Duration controlTimeout,
        Duration validationTimeout) {

    public static SessionSettings of(PgOptions options) {
        Duration timeout = options.get(PgOption.STATEMENT_TIMEOUT);
        return new SessionSettings(
                options.get(PgOption.DATABASE),
                options.require(PgOption.QUERY_MODE) == PgQueryMode.SIMPLE,
                options.require(PgOption.FETCH_SIZE),
                options.require(PgOption.PIPELINE_BYTES),
                options.require(PgOption.STATEMENT_CACHE_SIZE),
                options.require(PgOption.PREPARE_THRESHOLD),
                options.require(PgOption.SESSION_RESET),
                timeout,
                timeout == null ? options.require(PgOption.CONTROL_TIMEOUT) : timeout,
                options.require(PgOption.VALIDATION_TIMEOUT));
    }
}
