/** Begin, commit and savepoints, transactions around a function, and their repetition. */
@NullMarked
package io.fluxgres.internal.transaction;

import org.jspecify.annotations.NullMarked;
