package io.fluxgres.benchmarks;

/**
 * The server and the dataset on it.
 *
 * @param user a role that logs in with SCRAM-SHA-256
 * @param trustedUser a role that the server lets in without a password, for contenders that are no drivers
 */
public record Target(
        String host, int port, String database, String user, String password, String trustedUser, Dataset dataset) {

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
                Integer.toString(dataset.wideRows()));
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
                new Dataset(Integer.parseInt(parts[6]), Integer.parseInt(parts[7])));
    }
}
