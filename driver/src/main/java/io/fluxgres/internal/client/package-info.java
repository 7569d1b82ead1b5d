/**
 * The client: statements over connections that they share, and a pool of connections for what needs one of its own.
 *
 * <p>A statement hops to the event loop of a {@code Lane} and stays there; all that lanes know is confined to their loops. What
 * lanes share is atomic: the numbers, the pool, and how long SQL texts take.
 */
@NullMarked
package io.fluxgres.internal.client;

import org.jspecify.annotations.NullMarked;
