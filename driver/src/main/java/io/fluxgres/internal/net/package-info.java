/**
 * The network side of a connection: it connects, reads and writes buffers, and routes messages to the requests they
 * answer. The only place that owns, retains or releases buffers.
 *
 * <p>Reading order: {@link io.fluxgres.internal.net.Connector} makes a {@link io.fluxgres.internal.net.Wire}, which has
 * the one read loop, the one flush and the one terminal path; an {@link io.fluxgres.internal.net.Exchange} is what it
 * routes to.
 */
@NullMarked
package io.fluxgres.internal.net;

import org.jspecify.annotations.NullMarked;
