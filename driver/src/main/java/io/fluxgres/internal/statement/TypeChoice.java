package io.fluxgres.internal.statement;

import io.fluxgres.internal.protocol.ErrorFields;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one attempt sends the values that were bound without a type: strings are declared as varchar or left to the server, nulls
 * are left to the server or declared as varchar. Each further attempt of a request changes one of the two, and a null that it
 * declared stays so, but for one start over: so their number is bounded. Immutable.
 *
 * @param infersStrings whether strings are left to the server
 * @param declaredNulls a bit for each parameter whose null is declared
 * @param stringsTurned whether an attempt before has sent the strings the other way
 * @param nullsTurned whether an attempt before has sent nulls in another way
 */
public record TypeChoice(boolean infersStrings, long declaredNulls, boolean stringsTurned, boolean nullsTurned) {

    /** A message has the parameter in each language. */
    private static final Pattern PARAMETER = Pattern.compile("\\$(\\d{1,5})");

    /** Returns the choice of a first attempt. */
    static TypeChoice first(boolean infersStrings, long declaredNulls) {
        return new TypeChoice(infersStrings, declaredNulls, false, false);
    }

    /** Returns the values as they are bound to a statement that is prepared, whatever type it has for a null. */
    public BoundStatement bound(BoundStatement given) {
        return infersStrings && given.hasPlainStrings() ? given.withInferredStrings() : given;
    }

    /** Returns values that are {@link #bound} as they are parsed. */
    public BoundStatement parsed(BoundStatement bound) {
        long nulls = declaredNullsOf(bound);
        return nulls == 0 ? bound : bound.withDeclaredNulls(nulls);
    }

    /** Whether the types of strings are the driver's choice. */
    boolean declaresStringsOf(BoundStatement given) {
        return !infersStrings && given.hasPlainStrings();
    }

    boolean infersStringsOf(BoundStatement given) {
        return infersStrings && given.hasPlainStrings();
    }

    long declaredNullsOf(BoundStatement given) {
        return given.bareNulls() & declaredNulls;
    }

    /** Returns the nulls for which the server asks for a type, by its error; 0 if it concerns something else. */
    long nullsToDeclare(ErrorFields error, BoundStatement given) {
        long inferred = given.bareNulls() & ~declaredNulls;
        if (inferred == 0 || !isUndetermined(error)) {
            return 0;
        }
        Matcher parameter = PARAMETER.matcher(error.message());
        return parameter.find() ? inferred & BoundStatement.bit(Integer.parseInt(parameter.group(1)) - 1) : inferred;
    }

    /** Whether the server cannot tell the type of a parameter. */
    static boolean isUndetermined(ErrorFields error) {
        return error.sqlState().equals("42P08") || error.sqlState().equals("42P18");
    }

    TypeChoice turnStrings() {
        return new TypeChoice(!infersStrings, declaredNulls, true, nullsTurned);
    }

    TypeChoice declareNulls(long nulls) {
        return new TypeChoice(infersStrings, declaredNulls | nulls, stringsTurned, true);
    }

    /** Leaves all nulls to the server again. */
    TypeChoice inferNulls() {
        return new TypeChoice(infersStrings, 0, stringsTurned, true);
    }
}
