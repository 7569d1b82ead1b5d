package io.fluxgres.internal.statement;

/**
 * What is known of a SQL text about the types of values that are bound without one: who should choose those of strings, and
 * which nulls need one. A null is known for its parameter and not for the text, for a statement with several is executed with
 * any of them left out. Immutable.
 */
public final class TextTypes {

    public static final TextTypes UNKNOWN = new TextTypes(StringTypes.UNTRIED, 0, 0);

    private final StringTypes strings;
    /** A bit for each parameter whose null the server took without a type. */
    private final long inferredNulls;
    /** A bit for each parameter whose null the driver declares, for the server has asked for a type. */
    private final long declaredNulls;
    /** Made once, for each execution asks for it (QueryAllocationIT). */
    private final TypeChoice choice;

    /** Who chooses the types of strings that were bound without one. */
    enum StringTypes {
        /** The driver declares them as varchar; should that fail, the server may. */
        UNTRIED,
        /** The driver declares them as varchar, as it did when the server accepted that. */
        ACCEPTED,
        /** The server infers them, for it has refused them as varchar. */
        INFERRED
    }

    private TextTypes(StringTypes strings, long inferredNulls, long declaredNulls) {
        this.strings = strings;
        this.inferredNulls = inferredNulls;
        this.declaredNulls = declaredNulls;
        this.choice = TypeChoice.first(strings == StringTypes.INFERRED, declaredNulls);
    }

    StringTypes strings() {
        return strings;
    }

    /** Returns what an execution that follows this chooses. */
    public TypeChoice choice() {
        return choice;
    }

    /** Whether it is not known how one of some parameters is to be sent where it is a null without a type. */
    boolean areNullsUntried(long nulls) {
        return (nulls & ~(inferredNulls | declaredNulls)) != 0;
    }

    TextTypes withStrings(StringTypes types) {
        return types == strings ? this : new TextTypes(types, inferredNulls, declaredNulls);
    }

    /** Adds what the nulls of some parameters need. */
    TextTypes withNulls(long inferred, long declared) {
        long allInferred = (inferredNulls & ~declared) | inferred;
        long allDeclared = (declaredNulls & ~inferred) | declared;
        return allInferred == inferredNulls && allDeclared == declaredNulls
                ? this
                : new TextTypes(strings, allInferred, allDeclared);
    }

    /** Forgets what the nulls of some parameters need. */
    TextTypes withoutNulls(long nulls) {
        return new TextTypes(strings, inferredNulls & ~nulls, declaredNulls & ~nulls);
    }
}
