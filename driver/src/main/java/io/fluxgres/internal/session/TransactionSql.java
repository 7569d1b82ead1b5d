package io.fluxgres.internal.session;

import io.fluxgres.PgTransactionOptions;
import io.fluxgres.PgUsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The SQL of transaction control. */
final class TransactionSql {

    static final String COMMIT = "commit";
    static final String ROLLBACK = "rollback";
    /** Behind it a statement is tried that the server may refuse because of the types that the driver declares. */
    static final String GUARD = savepoint("fluxgres_guard");

    /** Undoes a statement that was tried. */
    static final String UNDO = rollbackTo("fluxgres_guard");

    /** The savepoint by which CockroachDB knows that the client repeats its transaction. */
    static final String COCKROACH_RESTART = "cockroach_restart";

    private TransactionSql() {}

    static String begin(PgTransactionOptions options) {
        List<String> modes = new ArrayList<>();
        if (options.isolation() != null) {
            modes.add("isolation level "
                    + options.isolation().name().toLowerCase(Locale.ROOT).replace('_', ' '));
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

    static String savepoint(String name) {
        return "savepoint " + quoted(name);
    }

    static String release(String name) {
        return "release savepoint " + quoted(name);
    }

    static String rollbackTo(String name) {
        return "rollback to savepoint " + quoted(name);
    }

    private static String quoted(String name) {
        if (name.indexOf('\0') >= 0) {
            throw new PgUsageException("the name of a savepoint must not contain a NUL");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
