/**
 * Servers for tests: a real PostgreSQL by {@link io.fluxgres.testkit.PostgresExtension}, and messages of a server made
 * by hand; and {@link io.fluxgres.testkit.ChildJvm} for programs that need a JVM of their own, among them those that
 * {@link io.fluxgres.testkit.MeasuredProgram} measures.
 */
@NullMarked
package io.fluxgres.testkit;

import org.jspecify.annotations.NullMarked;
