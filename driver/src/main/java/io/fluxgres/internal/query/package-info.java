/** What a user holds: queries, batches and connections, and where they are executed. */
@NullMarked
package io.fluxgres.internal.query;

import org.jspecify.annotations.NullMarked;
