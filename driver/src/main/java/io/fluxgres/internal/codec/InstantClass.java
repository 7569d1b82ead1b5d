package io.fluxgres.internal.codec;

import io.fluxgres.codec.CodecException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Function;

/**
 * A class from before {@code java.time} whose values are instants: {@code Date}, which counts milliseconds and loses what is
 * finer, and {@code java.sql.Timestamp} where that module is there.
 */
@SuppressWarnings("JavaUtilDate") // it is what this class translates
record InstantClass<T extends Date>(Class<T> valueClass, Function<Instant, T> ofInstant) {

    private static final InstantClass<Date> DATE = new InstantClass<>(Date.class, Date::from);

    static final List<InstantClass<?>> ALL =
            ModuleLayer.boot().findModule("java.sql").isPresent() ? List.of(DATE, Sql.TIMESTAMP) : List.of(DATE);

    /** Loaded only if the module is there. */
    private static final class Sql {

        static final InstantClass<Timestamp> TIMESTAMP = new InstantClass<>(Timestamp.class, Timestamp::from);
    }

    T convert(Instant instant) {
        if (instant.equals(Instant.MAX) || instant.equals(Instant.MIN)) {
            throw new CodecException(
                    "the timestamp is infinite, which a " + valueClass.getSimpleName() + " cannot hold");
        }
        return ofInstant.apply(instant);
    }

    static Instant toInstant(Date date) {
        try {
            return date.toInstant();
        } catch (UnsupportedOperationException noInstant) {
            throw new CodecException(
                    "a " + date.getClass().getName()
                            + " is no instant; bind what its toLocalDate or toLocalTime returns",
                    noInstant);
        }
    }
}
