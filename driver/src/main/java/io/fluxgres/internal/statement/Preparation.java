package io.fluxgres.internal.statement;

/** What an execution binds its values to: a statement that is prepared already, or one that is parsed with it. */
public interface Preparation {}
