package io.fluxgres.internal.session;

import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.session.StatementCache.CachedText;
import org.jspecify.annotations.Nullable;

/** What a flight that parses its statement is told of it. Confined to the event loop. */
final class Parsing implements Preparation {

    /** The statement that is parsed under a name, null if it is unnamed. */
    private @Nullable PreparedStatement candidate;

    private int describedParameters = -1;
    private boolean complete;

    Parsing(@Nullable PreparedStatement candidate) {
        this.candidate = candidate;
    }

    void onComplete() {
        complete = true;
        if (candidate != null) {
            candidate.onParseComplete();
        }
    }

    /** Whether the server has accepted the statement. */
    boolean isComplete() {
        return complete;
    }

    void onParameterDescription(ParameterDescription description) {
        describedParameters = description.size();
        if (candidate != null) {
            candidate.onParameterDescription(description);
        }
    }

    /** Returns how many parameters the statement has, -1 if that was not told. */
    int describedParameters() {
        return describedParameters;
    }

    /** The columns became known; null for a statement without rows. */
    void onDescription(@Nullable ResultShape columns) {
        if (candidate != null) {
            candidate.onDescription(columns);
        }
    }

    /** Whether Bind was refused because it had not as many values as the statement has parameters. */
    boolean isBindMismatch(ErrorFields error, int bound) {
        return complete && error.sqlState().equals("08P01") && describedParameters != bound;
    }

    /** The flight has ended: the statement may be kept. */
    void end(StatementCache statements, CachedText text) {
        if (candidate != null) {
            statements.onParsed(text, candidate);
            candidate = null;
        }
    }
}
