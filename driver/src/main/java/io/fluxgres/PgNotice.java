package io.fluxgres;

/**
 * A notice or warning of the server.
 *
 * @param fields what the server says
 */
public record PgNotice(PgErrorFields fields) {}
