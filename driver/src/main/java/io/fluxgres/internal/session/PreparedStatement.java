package io.fluxgres.internal.session;

import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.ParameterDescription;
import io.fluxgres.internal.protocol.Parameters;
import io.fluxgres.internal.protocol.RowDescription;
import org.jspecify.annotations.Nullable;

/**
 * A statement under a name on one connection: for one SQL text and one list of declared parameter types, with the columns
 * that this connection was told for it. It can be bound without a description once {@link #isComplete}.
 */
final class PreparedStatement {

    private final Name name;
    private final int[] typeOids;
    private boolean parsed;
    private boolean described;
    private int parameterCount;
    private @Nullable ResultShape shape;

    /**
     * Creates a statement that is about to be parsed.
     */
    PreparedStatement(Name name, Parameters parameters) {
        this.name = name;
        this.typeOids = new int[parameters.count()];
        for (int i = 0; i < typeOids.length; i++) {
            typeOids[i] = parameters.typeOid(i);
        }
    }

    /** Returns how many types were declared. */
    int declaredParameters() {
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

    /** The columns in text, as every description of a statement has them, or null for a statement without rows. */
    void onDescription(@Nullable ResultShape columns) {
        shape = columns == null ? null : columns.inBinary();
        described = true;
    }

    /** Whether the server knows the statement. */
    boolean isParsed() {
        return parsed;
    }

    /** Whether all is known that Bind needs. */
    boolean isComplete() {
        return parsed && described;
    }

    Name name() {
        return name;
    }

    /** Returns the format code that a Bind asks for: that of the shape. */
    int resultFormat() {
        return shape == null ? 0 : shape.formatCode();
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
