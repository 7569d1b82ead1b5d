/**
 * The comparison of the driver with its peers: each contender does the same work against one embedded server, in a JVM of its
 * own, in rounds that take turns.
 */
@NullMarked
package io.fluxgres.benchmarks;

import org.jspecify.annotations.NullMarked;
