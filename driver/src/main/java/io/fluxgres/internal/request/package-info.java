/** One subscription to one execution: its demand, its pauses, its deadline and its one end. */
@NullMarked
package io.fluxgres.internal.request;

import org.jspecify.annotations.NullMarked;
