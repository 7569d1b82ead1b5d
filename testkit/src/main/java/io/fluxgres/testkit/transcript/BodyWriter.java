package io.fluxgres.testkit.transcript;

import java.io.ByteArrayOutputStream;

/** The body of a message that is being encoded; integers are big-endian. */
final class BodyWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    BodyWriter int8(int value) {
        out.write(value);
        return this;
    }

    BodyWriter int16(int value) {
        return int8(value >> 8).int8(value);
    }

    BodyWriter int32(int value) {
        return int16(value >> 16).int16(value);
    }

    BodyWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    BodyWriter string(byte[] text) {
        return bytes(text).int8(0);
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
