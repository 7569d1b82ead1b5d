package io.fluxgres.testkit;

import org.testcontainers.postgresql.PostgreSQLContainer;

/** Starts PostgreSQL in a container, where Docker runs; Testcontainers removes it when the JVM has ended. */
final class ContainerServer {

    private ContainerServer() {}

    // The container lives as long as the JVM.
    @SuppressWarnings("resource")
    static TestServer start(String majorVersion) {
        PostgreSQLContainer container = new PostgreSQLContainer("postgres:" + majorVersion)
                .withDatabaseName("postgres")
                .withUsername("postgres")
                .withPassword("postgres")
                .withCommand(
                        "postgres",
                        "-c",
                        "fsync=off",
                        "-c",
                        "synchronous_commit=off",
                        "-c",
                        "max_connections=200",
                        "-c",
                        "max_prepared_transactions=10",
                        "-c",
                        "wal_level=logical");
        container.start();
        return new TestServer(
                container.getHost(),
                container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                container.getUsername(),
                container.getPassword(),
                container.getDatabaseName(),
                null,
                false);
    }
}
