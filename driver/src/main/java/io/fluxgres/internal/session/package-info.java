/** What is known of one session of a server, and what its users share. */
@NullMarked
package io.fluxgres.internal.session;

import org.jspecify.annotations.NullMarked;
