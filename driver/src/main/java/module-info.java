/** The Fluxgres driver: a reactive, non-blocking PostgreSQL client. */
module io.fluxgres.driver {
    requires static transitive org.jspecify;
    requires transitive io.netty.buffer;
    requires transitive org.reactivestreams;
    requires transitive reactor.core;
    requires com.ongres.saslprep;
    requires com.ongres.stringprep;
    requires io.netty.common;
    // Reactor Netty needs it and, being an automatic module, cannot say so
    requires io.netty.resolver.dns;
    requires io.netty.transport;
    requires io.netty.transport.unix.common;
    requires static java.sql;
    requires org.slf4j;
    requires reactor.netty.core;
    requires reactor.pool;

    exports io.fluxgres;
    exports io.fluxgres.codec;
}
