package io.fluxgres;

/**
 * The server broke the protocol, or is not a PostgreSQL server. The connection is closed, because nothing that follows on
 * it can be trusted; what was in flight has an unknown outcome. The message contains no payload.
 */
public final class PgProtocolException extends PgException {

    public PgProtocolException(String message, Throwable cause) {
        super(Fault.PROTOCOL, false, message, cause);
    }
}
