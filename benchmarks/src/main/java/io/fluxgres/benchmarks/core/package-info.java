/** JMH benchmarks of the driver's core in memory: no socket, no server. */
@NullMarked
package io.fluxgres.benchmarks.core;

import org.jspecify.annotations.NullMarked;
