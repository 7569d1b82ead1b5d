package io.fluxgres.examples.webflux;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;

/**
 * A book, as it is stored and as it is sent.
 *
 * @param id null before it is stored
 */
record Book(@Id @Nullable Long id, String isbn, String title, BigDecimal price) {}
