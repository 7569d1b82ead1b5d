/** The public API: clients, connections, queries, rows, options and exceptions. */
@NullMarked
package io.fluxgres;

import org.jspecify.annotations.NullMarked;
