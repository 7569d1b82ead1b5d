/** Where options come from: the connection URI. */
@NullMarked
package io.fluxgres.internal.config;

import org.jspecify.annotations.NullMarked;
