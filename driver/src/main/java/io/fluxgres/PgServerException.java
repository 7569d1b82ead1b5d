package io.fluxgres;

/**
 * The server answered with an ErrorResponse. The message is severity, SQLSTATE and the server's primary message;
 * {@link #errorFields} has everything the server sent.
 */
public final class PgServerException extends PgException {

    private final PgErrorFields fields;

    public PgServerException(PgErrorFields fields) {
        super(Fault.SERVER, false, fields.summary(), null);
        this.fields = fields;
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
