package io.fluxgres.internal.statement;

import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.statement.StatementCache.CachedText;
import org.jspecify.annotations.Nullable;

/** What a flight that parses its statement is told of it. Confined to the event loop. */
public final class Parsing implements Preparation {

    /** The statement that is parsed under a name, null if it is unnamed. */
    private @Nullable PreparedStatement candidate;

    private int describedParameters = -1;
    private boolean complete;

    public Parsing(@Nullable PreparedStatement candidate) {
        this.candidate = candidate;
    }

    public void onComplete() {
        complete = true;
        if (candidate != null) {
            candidate.onParseComplete();
        }
    }

    /** Whether the server has accepted the statement. */
    public boolean isComplete() {
        return complete;
    }

    public void onParameterDescription(ParameterDescription description) {
        describedParameters = description.size();
        if (candidate != null) {
            candidate.onParameterDescription(description);
        }
    }

    /** The columns became known; null for a statement without rows. */
    public void onDescription(@Nullable ResultShape columns) {
        if (candidate != null) {
            candidate.onDescription(columns);
        }
    }

    /** Returns what is said if Bind was refused because it had not as many values as the statement has parameters, else null. */
    public @Nullable String bindMismatch(ErrorFields error, int bound) {
        if (!complete || !error.sqlState().equals("08P01") || describedParameters == bound) {
            return null;
        }
        String message = Failures.countMismatch(describedParameters, bound);
        return describedParameters < 0 ? message + ": " + error.message() : message;
    }

    /** The flight has ended: the statement may be kept. */
    public void end(StatementCache statements, CachedText text) {
        if (candidate != null) {
            statements.onParsed(text, candidate);
            candidate = null;
        }
    }
}
