/** Attempts to connect, and what is settled before a session is handed out. */
@NullMarked
package io.fluxgres.internal.connect;

import org.jspecify.annotations.NullMarked;
