/**
 * Connections as users see them: requests that are publishers, their statements, parameters and rows.
 *
 * <p>Reading order: {@link io.fluxgres.internal.session.SessionFactory} connects,
 * {@link io.fluxgres.internal.session.SessionConnection} is a connection,
 * {@link io.fluxgres.internal.session.Session} what its requests share,
 * {@link io.fluxgres.internal.session.Query} its queries,
 * {@link io.fluxgres.internal.session.Request} one execution, from subscription to terminal signal.
 */
@NullMarked
package io.fluxgres.internal.session;

import org.jspecify.annotations.NullMarked;
