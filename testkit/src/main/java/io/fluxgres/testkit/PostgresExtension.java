package io.fluxgres.testkit;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives a test class a real PostgreSQL: a database of its own, created before its first test and dropped after its
 * last, on a server that all test classes of the JVM share.
 *
 * <pre>{@code
 * class OrdersIT {
 *     @RegisterExtension
 *     static final PostgresExtension postgres = new PostgresExtension();
 *
 *     @BeforeAll
 *     static void createTables() {
 *         postgres.execute("create table orders (id int primary key)");
 *     }
 * }
 * }</pre>
 *
 * <p>The field must be static. {@code @Nested} classes share the database of the class around them. By default
 * the server is an embedded PostgreSQL 18; {@code -Dfluxgres.pg=14|15|16|17} chooses another version,
 * {@code -Dfluxgres.server=testcontainers} a container, and
 * {@code -Dfluxgres.server=postgresql://user:password@host:port/database} any server whose user may create databases.
 */
public final class PostgresExtension implements BeforeAllCallback, AfterAllCallback {

    private int enclosingClasses;
    private @Nullable String database;

    @Override
    public synchronized void beforeAll(ExtensionContext context) {
        if (enclosingClasses++ == 0) {
            TestServer server = TestServer.shared();
            String name = "test_"
                    + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            server.execute(
                    server.database(),
                    "create database %s template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
                            .formatted(name));
            database = name;
        }
    }

    @Override
    public synchronized void afterAll(ExtensionContext context) {
        if (--enclosingClasses == 0 && database != null) {
            TestServer server = TestServer.shared();
            server.execute(server.database(), "drop database if exists %s with (force)".formatted(database));
            database = null;
        }
    }

    /** Returns the host's name or address, an IPv6 address without brackets. */
    public String host() {
        return TestServer.shared().host();
    }

    /** Returns the TCP port. */
    public int port() {
        return TestServer.shared().port();
    }

    /** Returns the name of the test class's own database. */
    public synchronized String database() {
        if (database == null) {
            throw new IllegalStateException("There is a database between beforeAll and afterAll only");
        }
        return database;
    }

    /** Returns the name of a role that may do everything a test wants; a superuser on the embedded server. */
    public String user() {
        return TestServer.shared().user();
    }

    /** Returns the password of {@link #user()}; empty on the embedded server, which trusts that role. */
    public String password() {
        return TestServer.shared().password();
    }

    /** Returns {@code postgresql://user:password@host:port/database} with the test class's own database. */
    public String url() {
        return url(user(), password());
    }

    /** Returns the URL by which one of the roles with an authentication method of its own logs in. */
    public String url(AuthRole role) {
        assumeEmbedded();
        return url(role.user(), role.password());
    }

    private String url(String user, String password) {
        String credentials = password.isEmpty() ? encoded(user) : encoded(user) + ":" + encoded(password);
        return "postgresql://%s@%s:%d/%s"
                .formatted(credentials, TestServer.shared().bracketedHost(), port(), database());
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Returns the directory of the server's Unix-domain socket, as libpq takes it for the host; empty if it has none. */
    public Optional<Path> socketDirectory() {
        return Optional.ofNullable(TestServer.shared().socketDirectory());
    }

    /** Returns the server's Unix-domain socket; empty if it has none. */
    public Optional<Path> socketPath() {
        return socketDirectory().map(directory -> directory.resolve(".s.PGSQL." + port()));
    }

    /** Returns the server's major version, such as 18. */
    public int version() {
        return TestServer.sharedVersion();
    }

    /** Skips the test, with a reason, unless the server is the embedded one, which alone has every {@link AuthRole}. */
    public void assumeEmbedded() {
        Assumptions.assumeTrue(
                TestServer.shared().embedded(),
                "The test needs the embedded server for its roles and pg_hba.conf, but fluxgres.server chose another");
    }

    /** Skips the test, with a reason, on servers older than a major version. */
    public void assumeVersionAtLeast(int majorVersion) {
        Assumptions.assumeTrue(
                version() >= majorVersion,
                () -> "The test needs PostgreSQL %d, but the server is of version %d"
                        .formatted(majorVersion, version()));
    }

    /** Runs setup statements, separated by semicolons, as {@link #user()} on a connection of its own. */
    public void execute(String sql) {
        TestServer.shared().execute(database(), sql);
    }

    /** Returns the first column of the first row as text; null if it is. */
    public @Nullable String queryForString(String sql) {
        return TestServer.shared().queryForString(database(), sql);
    }
}
