/** How one execution travels: what is written in one Sync group, and what the connection learns from the answers. */
@NullMarked
package io.fluxgres.internal.flight;

import org.jspecify.annotations.NullMarked;
