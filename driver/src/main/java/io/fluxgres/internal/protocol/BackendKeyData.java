package io.fluxgres.internal.protocol;

/**
 * What CancelRequest must repeat: the process id and an opaque secret of 4 to 256 bytes, exactly 4 in protocol 3.0. Neither
 * has a meaning to the client; any value is legal.
 */
public final class BackendKeyData {

    private static final int MINIMUM_LENGTH = 4;
    private static final int MAXIMUM_LENGTH = 256;

    private final int processId;
    private final byte[] secretKey;

    private BackendKeyData(int processId, byte[] secretKey) {
        this.processId = processId;
        this.secretKey = secretKey;
    }

    /** Reads the body of BackendKeyData under a protocol version. */
    static BackendKeyData read(BackendReader in, int protocolVersion) {
        int processId = in.readInt();
        int length = in.remaining();
        int maximum = protocolVersion >= ProtocolVersion.V3_2 ? MAXIMUM_LENGTH : MINIMUM_LENGTH;
        if (length < MINIMUM_LENGTH || length > maximum) {
            throw in.violation("a secret key of " + length + " bytes; protocol " + ProtocolVersion.name(protocolVersion)
                    + " allows " + (maximum == MINIMUM_LENGTH ? "4" : "4 to 256"));
        }
        return new BackendKeyData(processId, in.readBytes(length));
    }

    /** Returns the process id of the server process that serves the connection; some servers send other numbers. */
    public int processId() {
        return processId;
    }

    byte[] secretKey() {
        return secretKey;
    }

    /** Names the process, not the secret. */
    @Override
    public String toString() {
        return "BackendKeyData[" + Integer.toUnsignedString(processId) + "]";
    }
}
