package io.fluxgres.r2dbc;

import io.fluxgres.PgConnection;
import io.fluxgres.PgParameter;
import io.fluxgres.PgUsageException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The classes whose values the codecs of a factory are known to write, so that a value which cannot be bound is refused when
 * it is bound, without binding each value twice.
 */
final class EncodableClasses {

    private final Set<Class<?>> known = ConcurrentHashMap.newKeySet();

    /**
     * Demands that a value can be bound.
     *
     * @throws PgUsageException if there is no codec for it
     */
    void require(Object value, PgConnection connection) {
        if (value instanceof PgParameter) {
            connection.query("").bind(value);
        } else if (!known.contains(value.getClass())) {
            connection.query("").bind(value);
            known.add(value.getClass());
        }
    }
}
