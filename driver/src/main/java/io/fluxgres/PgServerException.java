package io.fluxgres;

/**
 * The server answered with an ErrorResponse. The message is severity, SQLSTATE, the server's primary message and
 * its hint, and where the SQL is known the place in it, as line:column, and the SQL: shortened, without comments, and with
 * {@code ?} in the place of constants. No value of a parameter is in it. Nor is the server's detail, which may hold values of rows
 * ({@code Key (id)=(1) already exists.}): {@link #errorFields} has everything the server sent.
 *
 * <p>{@link #fault} goes by the class of the SQLSTATE. It is the caller's for a mistake in the SQL, its data or the order of
 * statements: classes 0A, 20 to 27, 2B, 2D, 34, 3B, 3F, 42, 44 and P0. It is the server's for all others, such as a refused login
 * (28), a serialization failure (40), a lack of resources (53) and what an operator did (57).
 */
public final class PgServerException extends PgException {

    private final PgErrorFields fields;

    public PgServerException(PgErrorFields fields) {
        this(fields, "");
    }

    /**
     * Creates the exception of an error whose place is known.
     *
     * @param place goes to the end of the message
     */
    public PgServerException(PgErrorFields fields, String place) {
        super(faultOf(fields.sqlState()), false, fields.summary() + hint(fields) + place, null);
        this.fields = fields;
    }

    private static String hint(PgErrorFields fields) {
        return fields.hint() == null ? "" : "; hint: " + fields.hint();
    }

    private static Fault faultOf(String sqlState) {
        return switch (sqlState.length() < 2 ? "" : sqlState.substring(0, 2)) {
            case "0A", "20", "21", "22", "23", "24", "25", "26", "27" -> Fault.CALLER;
            case "2B", "2D", "34", "3B", "3F", "42", "44", "P0" -> Fault.CALLER;
            default -> Fault.SERVER;
        };
    }

    @Override
    public String sqlState() {
        return fields.sqlState();
    }

    @Override
    public PgErrorFields errorFields() {
        return fields;
    }
}
