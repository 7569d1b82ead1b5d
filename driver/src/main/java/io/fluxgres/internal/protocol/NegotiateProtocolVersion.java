package io.fluxgres.internal.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * The server's offer to go on with an older minor version, and the protocol options it does not know.
 *
 * @param version the newest version the server supports, with its major; a server that sends the bare minor version, as
 *     the manual's text reads, is understood as well
 * @param unrecognizedOptions the requested {@code _pq_.} options that the server does not know
 */
public record NegotiateProtocolVersion(int version, List<String> unrecognizedOptions) {

    /** Reads the body of NegotiateProtocolVersion. */
    static NegotiateProtocolVersion read(BackendReader in) {
        int version = in.readInt();
        if (version >>> 16 == 0) {
            version |= ProtocolVersion.V3_0;
        }
        int count = in.readInt();
        if (count < 0 || count > in.remaining()) {
            throw in.violation("an impossible number of options");
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(in.readCString());
        }
        return new NegotiateProtocolVersion(version, List.copyOf(names));
    }
}
