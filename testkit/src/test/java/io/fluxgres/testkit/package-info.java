@NullMarked
package io.fluxgres.testkit;

import org.jspecify.annotations.NullMarked;
