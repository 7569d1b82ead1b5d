package io.fluxgres.internal.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes as PostgreSQL puts them on the wire, for streams that tests feed to the states. */
final class Wire {

    private Wire() {}

    /** A message: type, length, the parts of its body. */
    static byte[] message(int type, byte[]... parts) {
        byte[] body = join(parts);
        return join(int8(type), int32(4 + body.length), body);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    static byte[] int8(int value) {
        return new byte[] {(byte) value};
    }

    static byte[] int16(int value) {
        return ByteBuffer.allocate(2).putShort((short) value).array();
    }

    static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** The characters alone. */
    static byte[] text(String characters) {
        return characters.getBytes(StandardCharsets.UTF_8);
    }

    /** The characters and their terminator. */
    static byte[] cString(String characters) {
        return join(text(characters), int8(0));
    }

    static byte[] authentication(int code, byte[]... parts) {
        return message('R', int32(code), join(parts));
    }

    static byte[] authenticationSasl(String... mechanisms) {
        byte[] list = {};
        for (String mechanism : mechanisms) {
            list = join(list, cString(mechanism));
        }
        return authentication(10, list, int8(0));
    }

    static byte[] negotiateProtocolVersion(int version, String... options) {
        byte[] list = {};
        for (String option : options) {
            list = join(list, cString(option));
        }
        return message('v', int32(version), int32(options.length), list);
    }

    static byte[] backendKeyData(int processId, byte... secretKey) {
        return message('K', int32(processId), secretKey);
    }

    static byte[] parameterStatus(String name, String value) {
        return message('S', cString(name), cString(value));
    }

    static byte[] readyForQuery(char status) {
        return message('Z', int8(status));
    }

    /** An ErrorResponse of fields such as {@code "C28P01"}. */
    static byte[] errorResponse(String... fields) {
        return message('E', fields(fields));
    }

    static byte[] noticeResponse(String... fields) {
        return message('N', fields(fields));
    }

    private static byte[] fields(String... fields) {
        byte[] list = {};
        for (String field : fields) {
            list = join(list, cString(field));
        }
        return join(list, int8(0));
    }
}
