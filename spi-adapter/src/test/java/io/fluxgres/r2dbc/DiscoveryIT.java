package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which driver an URL finds, on class paths with and without r2dbc-postgresql, in both orders. */
@Timeout(60)
class DiscoveryIT {

    private static final Path INCUMBENT = Path.of("target", "incumbent", "r2dbc-postgresql.jar");

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    /** Where r2dbc-postgresql stands on the class path. */
    enum Incumbent {
        ABSENT,
        FIRST,
        LAST
    }

    @ParameterizedTest
    @CsvSource({
        "fluxgres, ABSENT, io.fluxgres.r2dbc.AdaptedConnectionFactory",
        "postgresql, ABSENT, io.fluxgres.r2dbc.AdaptedConnectionFactory",
        "postgres, ABSENT, io.fluxgres.r2dbc.AdaptedConnectionFactory",
        "pool:postgresql, ABSENT, io.r2dbc.pool.ConnectionPool",
        "pool:fluxgres, ABSENT, io.r2dbc.pool.ConnectionPool",
        "fluxgres, FIRST, io.fluxgres.r2dbc.AdaptedConnectionFactory",
        "fluxgres, LAST, io.fluxgres.r2dbc.AdaptedConnectionFactory",
        "postgresql, FIRST, io.r2dbc.postgresql.PostgresqlConnectionFactory",
        "postgresql, LAST, io.r2dbc.postgresql.PostgresqlConnectionFactory",
        "postgres, LAST, io.r2dbc.postgresql.PostgresqlConnectionFactory"
    })
    void theIdDecidesWhichDriverIsFound(String id, Incumbent incumbent, String expected) throws Exception {
        try (URLClassLoader loader = classPath(incumbent)) {
            assertThat(find(loader, id).getClass().getName()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "pool:postgresql, ABSENT, Fluxgres",
        "pool:postgresql, FIRST, Postgresql",
        "pool:fluxgres, FIRST, Fluxgres",
        "pool:fluxgres, LAST, Fluxgres",
        "proxy:postgresql, ABSENT, Fluxgres",
        "proxy:fluxgres, FIRST, Fluxgres",
        "proxy:fluxgres, LAST, Fluxgres",
        "proxy:postgresql, LAST, Postgresql"
    })
    void theIdBehindAPoolOrAProxyCountsToo(String id, Incumbent incumbent, String expected) throws Exception {
        try (URLClassLoader loader = classPath(incumbent)) {
            assertThat(connectionText(loader, find(loader, id))).containsIgnoringCase(expected);
        }
    }

    @Test
    void theIdsMayBeClaimed() throws Exception {
        System.setProperty("fluxgres.claimPostgresql", "true");
        try (URLClassLoader loader = classPath(Incumbent.LAST)) {
            assertThat(find(loader, "postgresql").getClass().getName())
                    .isEqualTo("io.fluxgres.r2dbc.AdaptedConnectionFactory");
        } finally {
            System.clearProperty("fluxgres.claimPostgresql");
        }
    }

    /** A class path of its own, so that each test finds the drivers anew. */
    private static URLClassLoader classPath(Incumbent incumbent) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(new File(entry).toURI().toURL());
        }
        assertThat(INCUMBENT).exists();
        if (incumbent == Incumbent.FIRST) {
            urls.add(0, INCUMBENT.toUri().toURL());
        } else if (incumbent == Incumbent.LAST) {
            urls.add(INCUMBENT.toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static Object find(ClassLoader loader, String id) throws ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            String url = "r2dbc:" + id + postgres.url().substring("postgresql".length());
            return loader.loadClass("io.r2dbc.spi.ConnectionFactories")
                    .getMethod("get", String.class)
                    .invoke(null, url);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Returns what a connection is, under whatever wraps it. */
    private static String connectionText(ClassLoader loader, Object factory) throws ReflectiveOperationException {
        Object unwrapped = factory;
        Class<?> wrapped = loader.loadClass("io.r2dbc.spi.Wrapped");
        while (wrapped.isInstance(unwrapped)) {
            Object inner = wrapped.getMethod("unwrap").invoke(unwrapped);
            if (inner == null || inner == unwrapped) {
                break;
            }
            if (inner.getClass().getName().startsWith("io.fluxgres.internal")) {
                return "Fluxgres";
            }
            unwrapped = inner;
        }
        return unwrapped.getClass().getName();
    }
}
