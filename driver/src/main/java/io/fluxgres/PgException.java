package io.fluxgres;

/** Root of the driver's exceptions. */
public class PgException extends RuntimeException {}
