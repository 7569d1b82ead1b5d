package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Lane;
import io.fluxgres.benchmarks.Workload;

/** A driver in the comparison, set up as its experts would set it up for each workload. */
public interface Contender extends AutoCloseable {

    /** Returns the name in reports. */
    String name();

    /** Whether operations block their thread until they have completed: each connection gets a thread then. */
    default boolean isBlocking() {
        return false;
    }

    /** Returns a new connection with the settings that suit a workload. Blocks. */
    Client connect(Workload workload);

    /** Opens and closes a connection: the operation of {@link Workload#CONNECT}. */
    default void login(Lane lane) {
        throw new UnsupportedOperationException(name() + " takes no part in this workload");
    }

    @Override
    void close();
}
