package io.fluxgres.internal.statement;

import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * A statement under a name on one connection: for one SQL text and one list of declared parameter types, with the columns
 * that this connection was told for it. It can be bound without a description once {@link #isComplete}.
 */
public final class PreparedStatement implements Preparation {

    private final Name name;
    private final int[] typeOids;
    private boolean parsed;
    private boolean described;
    private int parameterCount;
    /** The columns in binary if they can be read so, else in text. */
    private @Nullable ResultShape shape;

    private boolean shapeIsOfSession;

    /**
     * Creates a statement that is about to be parsed.
     */
    public PreparedStatement(Name name, Parameters parameters) {
        this.name = name;
        this.typeOids = new int[parameters.count()];
        for (int i = 0; i < typeOids.length; i++) {
            typeOids[i] = parameters.typeOid(i);
        }
    }

    /** Returns how many types were declared. */
    public int declaredParameters() {
        return typeOids.length;
    }

    /** Whether the server chose the type of a parameter when it parsed the statement. */
    boolean hasInferredParameters() {
        for (int oid : typeOids) {
            if (oid == 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether the declared types fit: each is the same, and a NULL of no declared type fits any. */
    public boolean fits(Parameters parameters) {
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

    public void onParseComplete() {
        parsed = true;
    }

    public void onParameterDescription(ParameterDescription parameters) {
        parameterCount = parameters.size();
    }

    /** The columns in text, as every description of a statement has them, or null for a statement without rows. */
    public void onDescription(@Nullable ResultShape columns) {
        shape = columns == null ? null : inBinary(columns);
        described = true;
    }

    private ResultShape inBinary(ResultShape columns) {
        ResultShape binary = columns.inBinary();
        shapeIsOfSession = binary.isBinaryOfSession();
        return binary;
    }

    /** Whether the server knows the statement. */
    public boolean isParsed() {
        return parsed;
    }

    /** Whether all is known that Bind needs. */
    boolean isComplete() {
        return parsed && described;
    }

    public Name name() {
        return name;
    }

    public int parameterCount() {
        return parameterCount;
    }

    /**
     * Returns the columns in the format that a Bind is to ask for, null for a statement without rows.
     *
     * @param settled whether the server's parameters will be as they are when it executes the statement
     */
    public @Nullable ResultShape shape(boolean settled) {
        ResultShape columns = shape;
        if (columns == null) {
            return null;
        }
        if (!columns.isCurrent()) {
            columns = inBinary(columns.inText());
            shape = columns;
        }
        return settled || !shapeIsOfSession ? columns : columns.inText();
    }
}
