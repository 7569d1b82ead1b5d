package io.fluxgres.internal.session;

/** What an execution binds its values to: a statement that is prepared already, or one that is parsed with it. */
sealed interface Preparation permits PreparedStatement, Parsing {}
