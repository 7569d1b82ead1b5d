/**
 * Servers for tests: a real PostgreSQL by {@link io.fluxgres.testkit.PostgresExtension}, and messages of a server made
 * by hand.
 */
@NullMarked
package io.fluxgres.testkit;

import org.jspecify.annotations.NullMarked;
