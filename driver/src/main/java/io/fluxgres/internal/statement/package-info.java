/**
 * SQL texts, the values that are bound to them, what a connection has prepared and learnt for them, and the columns of
 * their results.
 */
@NullMarked
package io.fluxgres.internal.statement;

import org.jspecify.annotations.NullMarked;
