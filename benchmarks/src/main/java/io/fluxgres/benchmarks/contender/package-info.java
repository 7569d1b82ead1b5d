/** The drivers that are compared, each used as its experts would, and the floors below them. */
@NullMarked
package io.fluxgres.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
