/** A REST application of Spring Boot: books by Spring Data R2DBC, and by the driver itself beside it. */
@NullMarked
package io.fluxgres.examples.webflux;

import org.jspecify.annotations.NullMarked;
