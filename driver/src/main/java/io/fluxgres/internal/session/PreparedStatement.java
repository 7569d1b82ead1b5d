package io.fluxgres.internal.session;

import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.Parameters;
import io.fluxgres.internal.protocol.RowDescription;
import org.jspecify.annotations.Nullable;

/**
 * A statement under a name on one connection: for one SQL text and one list of declared parameter types, with the columns
 * that this connection was told for it. It can be bound without a description once {@link #isComplete}.
 */
final class PreparedStatement {

    private final String name;
    private final int[] typeOids;
    private int resultFormat;
    private boolean parsed;
    private boolean described;
    private int parameterCount;
    private @Nullable ResultShape shape;

    /**
     * Creates a statement that is about to be parsed.
     *
     * @param resultFormat the format code that the Bind behind Parse asks for, before the columns are known
     */
    PreparedStatement(String name, Parameters parameters, int resultFormat) {
        this.name = name;
        this.resultFormat = resultFormat;
        this.typeOids = new int[parameters.count()];
        for (int i = 0; i < typeOids.length; i++) {
            typeOids[i] = parameters.typeOid(i);
        }
    }

    /** Whether the declared types fit: each is the same, and a NULL of no declared type fits any. */
    boolean fits(Parameters parameters) {
        if (parameters.count() != typeOids.length) {
            return false;
        }
        for (int i = 0; i < typeOids.length; i++) {
            if (parameters.typeOid(i) != typeOids[i] && !(parameters.isNull(i) && parameters.typeOid(i) == 0)) {
                return false;
            }
        }
        return true;
    }

    void onParseComplete() {
        parsed = true;
    }

    void onParameterDescription(ParameterDescription parameters) {
        parameterCount = parameters.size();
    }

    /** The columns in the format of {@link #resultFormat}, or null for a statement without rows. */
    void onDescription(@Nullable ResultShape columns) {
        shape = columns;
        described = true;
    }

    /** The first execution has ended: the columns, not the guess at them, decide the format of every further Bind. */
    void settleFormat() {
        if (shape != null) {
            shape = shape.inBestFormat();
            resultFormat = shape.isBinaryCapable() ? 1 : 0;
        }
    }

    /** Whether the server knows the statement. */
    boolean isParsed() {
        return parsed;
    }

    /** Whether all is known that Bind needs. */
    boolean isComplete() {
        return parsed && described;
    }

    String name() {
        return name;
    }

    int resultFormat() {
        return resultFormat;
    }

    int parameterCount() {
        return parameterCount;
    }

    @Nullable ResultShape shape() {
        return shape;
    }

    @Nullable RowDescription description() {
        return shape == null ? null : shape.description();
    }
}
