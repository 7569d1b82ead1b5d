/** The R2DBC SPI 1.0 on the public API of the Fluxgres driver. */
module io.fluxgres.r2dbc {
    requires static transitive org.jspecify;
    requires transitive io.fluxgres.driver;
    requires transitive r2dbc.spi;
    requires org.slf4j;

    exports io.fluxgres.r2dbc;

    provides io.r2dbc.spi.ConnectionFactoryProvider with
            io.fluxgres.r2dbc.FluxgresConnectionFactoryProvider;
}
