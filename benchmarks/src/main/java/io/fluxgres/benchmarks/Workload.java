package io.fluxgres.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an operation of a load is. */
public enum Workload {
    /** Selects two integers by the primary key, from ten thousand rows. */
    POINT,
    /** Selects twelve rows of an integer and a text. */
    FORTUNES,
    /** Reads a table of six columns from beginning to end and decodes every column. */
    SCAN,
    /** Reads a table of rows of two kilobytes from beginning to end. */
    WIDE,
    /** Inserts a thousand rows as one batch in a transaction. */
    BATCH,
    /** Updates twenty rows by their primary keys in a transaction. */
    UPDATE,
    /** Opens a connection with SCRAM authentication and closes it. */
    CONNECT,
    /** Executes the query of {@link #POINT} with SQL that is new to the connection each time. */
    COLD,
    /** Executes the query of {@link #POINT} over a network with a {@link Load#roundTrip round trip}. */
    LATENCY;

    /** Whether an operation is so long that throughput is better told in rows. */
    public boolean isBulk() {
        return this == SCAN || this == WIDE || this == BATCH;
    }

    /** Whether the tables are changed. */
    boolean isWriting() {
        return this == BATCH || this == UPDATE;
    }

    /**
     * A workload with so many operations in flight on so many connections.
     *
     * @param inFlight operations in flight on all connections together
     * @param roundTrip milliseconds between client and server and back; 0 for what the machine takes
     */
    public record Load(Workload workload, int inFlight, int connections, int roundTrip) {

        /** Of a network in a room, of one in a region, and between continents; in milliseconds. */
        static final List<Integer> ROUND_TRIPS = List.of(4, 10, 25, 60, 150);

        /** Returns all loads of the comparison, in the order of the report. */
        public static List<Load> all() {
            List<Load> loads = new ArrayList<>();
            for (Workload workload : Workload.values()) {
                if (workload == LATENCY) {
                    ROUND_TRIPS.forEach(roundTrip -> loads.add(new Load(workload, 200, 1, roundTrip)));
                    continue;
                }
                loads.add(new Load(workload, 1, 1, 0));
                if (workload == POINT || workload == FORTUNES) {
                    loads.add(new Load(workload, 64, 1, 0));
                    loads.add(new Load(workload, 64, 8, 0));
                }
            }
            return loads;
        }

        /** Reads the form of {@link #toString()}. */
        public static Load parse(String text) {
            String[] parts = text.split("[-/]", -1);
            return new Load(
                    Workload.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                    Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]),
                    parts.length == 3 ? 0 : Integer.parseInt(parts[3].replace("ms", "")));
        }

        /**
         * Returns, for instance, {@code point-64/8}: 64 operations in flight on 8 connections; and behind that
         * {@code -25ms} for a round trip.
         */
        @Override
        public String toString() {
            String load = workload.name().toLowerCase(Locale.ROOT) + "-" + inFlight + "/" + connections;
            return roundTrip == 0 ? load : load + "-" + roundTrip + "ms";
        }
    }
}
