package io.fluxgres.r2dbc;

import io.fluxgres.PgOption;
import io.r2dbc.spi.Option;

/**
 * Names the driver's options to R2DBC: {@code options.option(FluxgresOptions.of(PgOption.PIPELINE_DEPTH), 64)}. The registry
 * of options is {@link PgOption#all()}.
 */
public final class FluxgresOptions {

    /** Whether unknown options are refused instead of logged. */
    public static final Option<Boolean> STRICT_OPTIONS = Option.valueOf("strictOptions");

    private FluxgresOptions() {}

    /** Returns the option under its name, typed. */
    public static <T> Option<T> of(PgOption<T> option) {
        return option == PgOption.PASSWORD ? Option.sensitiveValueOf(option.name()) : Option.valueOf(option.name());
    }
}
