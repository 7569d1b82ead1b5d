/**
 * The R2DBC SPI 1.0 on the public API of the driver: translation only, in both directions.
 *
 * <p>Nothing here knows the protocol. Threads, ordering, backpressure and the lifetime of rows are those of the driver.
 */
@NullMarked
package io.fluxgres.r2dbc;

import org.jspecify.annotations.NullMarked;
