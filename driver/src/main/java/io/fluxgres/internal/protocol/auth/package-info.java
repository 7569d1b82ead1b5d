/**
 * Authentication, pure: which methods are allowed, and what a client answers to each.
 *
 * <p>Nothing here reads the wire, derives keys from passwords or draws random numbers: nonces and salted passwords are
 * passed in.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sasl-authentication.html">SASL Authentication</a>
 */
@NullMarked
package io.fluxgres.internal.protocol.auth;

import org.jspecify.annotations.NullMarked;
