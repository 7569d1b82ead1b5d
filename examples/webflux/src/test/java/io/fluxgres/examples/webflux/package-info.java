/** The application, driven over HTTP. */
@NullMarked
package io.fluxgres.examples.webflux;

import org.jspecify.annotations.NullMarked;
