package io.fluxgres.internal.protocol;

/**
 * The greatest lengths of messages that are accepted from the server, in bytes, the length word included. They are checked
 * on the header, before anything is allocated for the body.
 *
 * @param beforeAuthentication for every message until the server has authenticated itself and the client
 * @param row for DataRow and CopyData
 * @param other for all other messages
 */
public record MessageLimits(int beforeAuthentication, int row, int other) {

    /** The protocol's own bound of a message: 1 GiB less one byte. */
    public static final int PROTOCOL_MAXIMUM = (1 << 30) - 1;

    public static final MessageLimits DEFAULT = new MessageLimits(64 * 1024, PROTOCOL_MAXIMUM, 16 * 1024 * 1024);

    public MessageLimits {
        requireWithin("beforeAuthentication", beforeAuthentication);
        requireWithin("row", row);
        requireWithin("other", other);
    }

    private static void requireWithin(String name, int limit) {
        if (limit < 4 || limit > PROTOCOL_MAXIMUM) {
            throw new IllegalArgumentException(name + " must be 4.." + PROTOCOL_MAXIMUM + ", not " + limit);
        }
    }

    int of(byte type, boolean authenticated) {
        if (!authenticated) {
            return beforeAuthentication;
        }
        return type == BackendMessage.DATA_ROW || type == BackendMessage.COPY_DATA ? row : other;
    }
}
