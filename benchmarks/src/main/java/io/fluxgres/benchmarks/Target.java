package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Workload.Load;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The server and the dataset on it.
 *
 * @param user a role that logs in with SCRAM-SHA-256
 * @param trustedUser a role that the server lets in without a password, for contenders that are no drivers
 * @param farPorts where it is reached with each of the {@link Load#ROUND_TRIPS}
 */
public record Target(
        String host,
        int port,
        String database,
        String user,
        String password,
        String trustedUser,
        Dataset dataset,
        List<Integer> farPorts) {

    /** Returns the same server at the end of a network with a round trip of so many milliseconds. */
    Target far(int roundTrip) {
        int farPort = farPorts.get(Load.ROUND_TRIPS.indexOf(roundTrip));
        return new Target(host, farPort, database, user, password, trustedUser, dataset, farPorts);
    }

    /** Returns the form that {@link #parse} reads. */
    String format() {
        return String.join(
                ",",
                host,
                Integer.toString(port),
                database,
                user,
                password,
                trustedUser,
                Integer.toString(dataset.scanRows()),
                Integer.toString(dataset.wideRows()),
                farPorts.stream().map(String::valueOf).collect(Collectors.joining("/")));
    }

    static Target parse(String text) {
        String[] parts = text.split(",", -1);
        return new Target(
                parts[0],
                Integer.parseInt(parts[1]),
                parts[2],
                parts[3],
                parts[4],
                parts[5],
                new Dataset(Integer.parseInt(parts[6]), Integer.parseInt(parts[7])),
                Stream.of(parts[8].split("/", -1)).map(Integer::valueOf).toList());
    }
}
