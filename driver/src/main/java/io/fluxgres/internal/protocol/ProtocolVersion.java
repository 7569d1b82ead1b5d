package io.fluxgres.internal.protocol;

/** Protocol versions as StartupMessage and NegotiateProtocolVersion carry them: major in the upper 16 bits, minor below. */
public final class ProtocolVersion {

    public static final int V3_0 = 3 << 16;
    /** Reserved and never spoken: servers and poolers are known to mishandle it. */
    public static final int V3_1 = 3 << 16 | 1;
    /** PostgreSQL 18: cancel keys of up to 256 bytes. */
    public static final int V3_2 = 3 << 16 | 2;

    private ProtocolVersion() {}

    /** Returns the version as {@code major.minor}. */
    public static String name(int version) {
        return (version >>> 16) + "." + (version & 0xffff);
    }
}
