package io.fluxgres.internal.flight;

import io.fluxgres.PgIsolation;
import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.session.SessionIsolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The SQL of transaction control. */
public final class TransactionSql {

    public static final String COMMIT = "commit";
    public static final String ROLLBACK = "rollback";
    /** Behind it a statement is tried that the server may refuse because of the types that the driver declares. */
    static final String GUARD = savepoint("fluxgres_guard");

    /** Undoes a statement that was tried. */
    static final String UNDO = rollbackTo("fluxgres_guard");

    /** The savepoint by which CockroachDB knows that the client repeats its transaction. */
    public static final String COCKROACH_RESTART = "cockroach_restart";

    /** Asks for the level of the open transaction, in the words of the SQL standard, which relatives of PostgreSQL know too. */
    static final String SHOW_ISOLATION = "show transaction isolation level";

    private TransactionSql() {}

    public static String begin(PgTransactionOptions options) {
        Objects.requireNonNull(options, "options");
        List<String> modes = new ArrayList<>();
        if (options.isolation() != null) {
            modes.add("isolation level " + SessionIsolation.nameOf(options.isolation()));
        }
        if (options.readOnly() != null) {
            modes.add(options.readOnly() ? "read only" : "read write");
        }
        if (options.deferrable() != null) {
            modes.add(options.deferrable() ? "deferrable" : "not deferrable");
        }
        if (options.mode() != null) {
            modes.add(options.mode());
        }
        return modes.isEmpty() ? "begin" : "begin " + String.join(", ", modes);
    }

    /** Sets the level of the open transaction. */
    public static String setIsolation(PgIsolation level) {
        return "set transaction isolation level " + SessionIsolation.nameOf(level);
    }

    /** Sets the level of the transactions to come, null for the server's default. */
    public static String setSessionIsolation(@Nullable PgIsolation level) {
        return level == null
                ? "reset default_transaction_isolation"
                : "set session characteristics as transaction isolation level " + SessionIsolation.nameOf(level);
    }

    public static String savepoint(String name) {
        return "savepoint " + quoted(name);
    }

    public static String release(String name) {
        return "release savepoint " + quoted(name);
    }

    public static String rollbackTo(String name) {
        return "rollback to savepoint " + quoted(name);
    }

    private static String quoted(String name) {
        if (Objects.requireNonNull(name, "name").indexOf('\0') >= 0) {
            throw new PgUsageException("the name of a savepoint must not contain a NUL");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
