package io.fluxgres.r2dbc;

import io.fluxgres.PgClient;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.ConnectionFactoryProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds Fluxgres by the driver id {@code fluxgres}: {@code r2dbc:fluxgres://app@localhost/shop}.
 *
 * <p>The ids {@code postgresql} and {@code postgres} are Fluxgres too, as long as r2dbc-postgresql is not there: to swap the
 * dependency is the whole migration. If both are there, r2dbc-postgresql keeps them, unless the system property
 * {@code fluxgres.claimPostgresql} is {@code true}; then whichever stands first on the class path is found.
 *
 * <p>The options are those of the driver by their names, {@link FluxgresOptions} and the well-known ones of R2DBC. Options
 * of r2dbc-postgresql are understood or logged as without effect, unknown ones are logged; with {@code strictOptions=true}
 * unknown ones are refused.
 */
public final class FluxgresConnectionFactoryProvider implements ConnectionFactoryProvider {

    /** The id that is always Fluxgres. */
    public static final String DRIVER = "fluxgres";

    private static final String CLAIM = "fluxgres.claimPostgresql";

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.r2dbc");

    @Override
    public ConnectionFactory create(ConnectionFactoryOptions options) {
        OptionTranslation translation = OptionTranslation.of(options);
        return new AdaptedConnectionFactory(
                PgClient.create(translation.driverOptions()), translation.settings(), translation.controlTimeout());
    }

    @Override
    public boolean supports(ConnectionFactoryOptions options) {
        Object driver = options.getValue(ConnectionFactoryOptions.DRIVER);
        if (DRIVER.equals(driver)) {
            return true;
        }
        return ("postgresql".equals(driver) || "postgres".equals(driver)) && PostgresqlId.CLAIMED;
    }

    @Override
    public String getDriver() {
        return DRIVER;
    }

    /** Decided once, when somebody asks for one of the ids. */
    private static final class PostgresqlId {

        static final boolean CLAIMED = Boolean.getBoolean(CLAIM) || !isIncumbentThere();

        private static boolean isIncumbentThere() {
            ClassLoader own = FluxgresConnectionFactoryProvider.class.getClassLoader();
            boolean there = isLoadable(own) || isLoadable(Thread.currentThread().getContextClassLoader());
            if (there) {
                LOG.info(
                        "r2dbc-postgresql is there and keeps the driver ids postgresql and postgres; Fluxgres is {}."
                                + " Remove r2dbc-postgresql, or set -D{}=true",
                        DRIVER,
                        CLAIM);
            }
            return there;
        }

        private static boolean isLoadable(ClassLoader loader) {
            try {
                Class.forName("io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider", false, loader);
                return true;
            } catch (ClassNotFoundException | LinkageError e) {
                return false;
            }
        }
    }
}
