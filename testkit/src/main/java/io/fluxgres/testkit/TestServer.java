package io.fluxgres.testkit;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The server that all tests of this JVM share. It is chosen and started when the first test asks for it, and is stopped
 * when the JVM ends.
 *
 * <p>The system property {@code fluxgres.server} says which: {@code embedded} (the default), {@code testcontainers}, or
 * {@code postgresql://user:password@host:port/database} for one that runs already. {@code fluxgres.pg} is the major
 * version that is wanted.
 *
 * @param host name or address, an IPv6 address without brackets
 * @param database the database that exists already, where the databases of the tests are created from
 * @param socketDirectory where the server's Unix-domain socket is, if it has one that this machine can reach
 * @param embedded whether the server has the roles of {@link AuthRole} and may be configured by tests
 */
record TestServer(
        String host,
        int port,
        String user,
        String password,
        String database,
        @Nullable Path socketDirectory,
        boolean embedded) {

    private static @Nullable TestServer shared;
    private static int sharedVersion;

    static synchronized TestServer shared() {
        if (shared == null) {
            shared = start(System.getProperty("fluxgres.server", "embedded"));
            sharedVersion = shared.askVersion();
        }
        String wanted = System.getProperty("fluxgres.pg");
        if (wanted != null && !wanted.equals(Integer.toString(sharedVersion))) {
            throw new IllegalStateException("fluxgres.pg asks for PostgreSQL %s, but the server is of version %d"
                    .formatted(wanted, sharedVersion));
        }
        return shared;
    }

    private static TestServer start(String choice) {
        return switch (choice) {
            case "embedded" -> EmbeddedServer.start();
            case "testcontainers" -> ContainerServer.start(System.getProperty("fluxgres.pg", "18"));
            default -> ofUrl(choice);
        };
    }

    static TestServer ofUrl(String url) {
        URI uri = URI.create(url);
        String host = uri.getHost();
        String userInfo = uri.getRawUserInfo();
        String path = uri.getRawPath();
        if (!"postgresql".equals(uri.getScheme()) || host == null || userInfo == null || uri.getRawQuery() != null) {
            throw new IllegalArgumentException("fluxgres.server is neither 'embedded' nor 'testcontainers' nor of the"
                    + " form postgresql://user:password@host:port/database");
        }
        String[] credentials = userInfo.split(":", 2);
        return new TestServer(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() == -1 ? 5432 : uri.getPort(),
                decoded(credentials[0]),
                credentials.length == 2 ? decoded(credentials[1]) : "",
                path.length() > 1 ? decoded(path.substring(1)) : decoded(credentials[0]),
                null,
                false);
    }

    private static String decoded(String part) {
        // URLDecoder reads a plus sign as a space, which is right for forms only.
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private int askVersion() {
        return Integer.parseInt(String.valueOf(queryForString(database, "show server_version_num"))) / 10_000;
    }

    /** Returns the major version of the shared server. */
    static synchronized int sharedVersion() {
        shared();
        return sharedVersion;
    }

    void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("The server refused a setup statement: " + e.getMessage(), e);
        }
    }

    @Nullable String queryForString(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            if (!result.next()) {
                throw new IllegalStateException("The setup query answered no row");
            }
            return result.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException("The server refused a setup query: " + e.getMessage(), e);
        }
    }

    private Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "fluxgres-testkit");
        // The simple protocol takes several statements of which one may be CREATE DATABASE or contain question marks.
        properties.setProperty("preferQueryMode", "simple");
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(bracketedHost(), port, database), properties);
    }

    String bracketedHost() {
        return host.contains(":") ? "[" + host.toLowerCase(Locale.ROOT) + "]" : host;
    }
}
