package io.fluxgres;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction begins, and whether {@link PgConnection#inTransaction} repeats it. Immutable: each {@code with} returns
 * other options. What is not given is left to the server's defaults.
 *
 * <pre>{@code
 * PgTransactionOptions transfer = PgTransactionOptions.defaults()
 *     .withIsolation(PgIsolation.SERIALIZABLE)
 *     .withRetry(5, Duration.ofMillis(10));
 * }</pre>
 */
public final class PgTransactionOptions {

    private static final PgTransactionOptions DEFAULTS =
            new PgTransactionOptions(null, null, null, null, false, new Repetition(1, Duration.ZERO, false));

    private final @Nullable PgIsolation isolation;
    private final @Nullable Boolean readOnly;
    private final @Nullable Boolean deferrable;
    private final @Nullable String mode;
    private final boolean isolationAsked;
    private final Repetition repetition;

    private record Repetition(int maximumAttempts, Duration backoff, boolean cockroachRestart) {}

    private PgTransactionOptions(
            @Nullable PgIsolation isolation,
            @Nullable Boolean readOnly,
            @Nullable Boolean deferrable,
            @Nullable String mode,
            boolean isolationAsked,
            Repetition repetition) {
        this.isolation = isolation;
        this.readOnly = readOnly;
        this.deferrable = deferrable;
        this.mode = mode;
        this.isolationAsked = isolationAsked;
        this.repetition = repetition;
    }

    /** Returns the options of a plain BEGIN that is not repeated. */
    public static PgTransactionOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options with an isolation level. */
    public PgTransactionOptions withIsolation(PgIsolation level) {
        return new PgTransactionOptions(
                Objects.requireNonNull(level, "level"), readOnly, deferrable, mode, isolationAsked, repetition);
    }

    /** Returns these options with READ ONLY, or with READ WRITE if {@code value} is false. */
    public PgTransactionOptions withReadOnly(boolean value) {
        return new PgTransactionOptions(isolation, value, deferrable, mode, isolationAsked, repetition);
    }

    /**
     * Returns these options with DEFERRABLE, or with NOT DEFERRABLE if {@code value} is false. A transaction that is
     * deferrable, serializable and read only may wait before its first statement and cannot fail with 40001 then.
     */
    public PgTransactionOptions withDeferrable(boolean value) {
        return new PgTransactionOptions(isolation, readOnly, value, mode, isolationAsked, repetition);
    }

    /**
     * Returns these options with a transaction mode that has no method here, such as {@code priority high} of CockroachDB.
     *
     * @param sql what stands behind BEGIN; it is sent as it is and must not come from outside the program
     * @throws PgUsageException if it is blank or contains a semicolon or a NUL
     */
    public PgTransactionOptions withMode(String sql) {
        Objects.requireNonNull(sql, "sql");
        if (sql.isBlank() || sql.indexOf(';') >= 0 || sql.indexOf('\0') >= 0) {
            throw new PgUsageException("a transaction mode must not be blank nor contain a semicolon or a NUL");
        }
        return new PgTransactionOptions(isolation, readOnly, deferrable, sql, isolationAsked, repetition);
    }

    /**
     * Returns these options with a question to the server behind BEGIN, in the same flight: which isolation level the
     * transaction has by default. {@link PgConnection#isolation} tells the answer. Without effect if the level is given, or
     * was set by {@link PgConnection#setIsolation}.
     */
    public PgTransactionOptions withIsolationAsked() {
        return new PgTransactionOptions(isolation, readOnly, deferrable, mode, true, repetition);
    }

    /**
     * Returns these options with a transaction that {@link PgConnection#inTransaction} executes again when it fails with
     * SQLSTATE 40001 (serialization failure) or 40P01 (deadlock).
     *
     * @param maximumAttempts how often it is executed at most, the first time included
     * @param backoff the pause in front of the second attempt, doubled for each further one, with half of it at random
     * @throws PgUsageException if there is no attempt or the pause is negative
     */
    public PgTransactionOptions withRetry(int maximumAttempts, Duration backoff) {
        Objects.requireNonNull(backoff, "backoff");
        if (maximumAttempts < 1 || backoff.isNegative()) {
            throw new PgUsageException("a transaction needs one attempt at least and a pause that is not negative");
        }
        return new PgTransactionOptions(
                isolation,
                readOnly,
                deferrable,
                mode,
                isolationAsked,
                new Repetition(maximumAttempts, backoff, repetition.cockroachRestart));
    }

    /**
     * Returns these options with the retry protocol of CockroachDB: a further attempt rolls back to the savepoint
     * {@code cockroach_restart} and stays in the transaction, which keeps its priority. On PostgreSQL that cannot help, for
     * the snapshot stays too.
     */
    public PgTransactionOptions withCockroachRestart(boolean value) {
        return new PgTransactionOptions(
                isolation,
                readOnly,
                deferrable,
                mode,
                isolationAsked,
                new Repetition(repetition.maximumAttempts, repetition.backoff, value));
    }

    /** Returns the isolation level, or null for the server's default. */
    public @Nullable PgIsolation isolation() {
        return isolation;
    }

    /** Whether the server is asked for the isolation level that it chooses. */
    public boolean isIsolationAsked() {
        return isolationAsked;
    }

    /** Returns whether the transaction is read only, or null for the server's default. */
    public @Nullable Boolean readOnly() {
        return readOnly;
    }

    /** Returns whether the transaction is deferrable, or null for the server's default. */
    public @Nullable Boolean deferrable() {
        return deferrable;
    }

    /** Returns the further transaction mode, or null for none. */
    public @Nullable String mode() {
        return mode;
    }

    /** Returns how often the transaction is executed at most. */
    public int maximumAttempts() {
        return repetition.maximumAttempts;
    }

    /** Returns the pause in front of the second attempt. */
    public Duration backoff() {
        return repetition.backoff;
    }

    /** Whether the retry protocol of CockroachDB is used. */
    public boolean cockroachRestart() {
        return repetition.cockroachRestart;
    }
}
