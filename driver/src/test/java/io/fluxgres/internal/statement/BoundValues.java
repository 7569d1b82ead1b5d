package io.fluxgres.internal.statement;

import io.fluxgres.PgStringType;
import io.fluxgres.codec.Codec;
import io.fluxgres.internal.codec.CodecRegistry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parameters and codecs as a session has them, without a session. */
public final class BoundValues {

    public static final SessionCodecs CODECS = codecs(PgStringType.AUTO);

    private BoundValues() {}

    /** Returns codecs with a value of the option {@code stringType}, behind codecs of a user. */
    static SessionCodecs codecs(PgStringType stringType, Codec... userCodecs) {
        return new SessionCodecs(CodecRegistry.of(List.of(userCodecs)), stringType, Map.of());
    }

    /** Returns codecs of a session whose parameters are in a map. */
    static SessionCodecs codecs(Map<String, String> serverParameters) {
        SessionCodecs codecs = new SessionCodecs(CodecRegistry.of(List.of()), PgStringType.AUTO, serverParameters);
        codecs.onServerParameter();
        return codecs;
    }

    static BoundStatement bound(@Nullable Object... values) {
        return new BoundStatement("").with(values, CODECS);
    }
}
