/** What reaches a project that depends on Fluxgres. */
@NullMarked
package io.fluxgres.consumer;

import org.jspecify.annotations.NullMarked;
