/**
 * The frontend/backend protocol, pure: framing, messages and one state machine per conversation.
 *
 * <p>Nothing here knows a channel, a thread, a clock or a subscriber. Buffers are borrowed for one call.
 *
 * <p>Reading order: {@link io.fluxgres.internal.protocol.BackendReader} frames what the server sends, the states
 * ({@code StartupState}, {@link io.fluxgres.internal.protocol.SimpleQueryState},
 * {@link io.fluxgres.internal.protocol.ExtendedQueryState}, {@link io.fluxgres.internal.protocol.PrepareState}) consume
 * it, {@link io.fluxgres.internal.protocol.FrontendWriter} writes what the driver sends and
 * {@link io.fluxgres.internal.protocol.Ledger} balances the two.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol.html">Frontend/Backend Protocol</a>
 */
@NullMarked
package io.fluxgres.internal.protocol;

import org.jspecify.annotations.NullMarked;
