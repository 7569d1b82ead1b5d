/** The view of a row, what is made of it, and the memory for rows that nobody has requested yet. */
@NullMarked
package io.fluxgres.internal.row;

import org.jspecify.annotations.NullMarked;
