/** Programs that show the driver at work. */
@NullMarked
package io.fluxgres.examples;

import org.jspecify.annotations.NullMarked;
