/** Tests that the examples of the documents are compiled and do what is said. */
@NullMarked
package io.fluxgres.examples;

import org.jspecify.annotations.NullMarked;
