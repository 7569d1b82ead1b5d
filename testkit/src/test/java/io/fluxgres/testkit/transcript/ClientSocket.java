package io.fluxgres.testkit.transcript;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A client that knows nothing of the protocol but what a test writes down in hexadecimal. */
final class ClientSocket implements Closeable {

    /** StartupMessage 3.0 with user=ann. */
    static final String STARTUP = "00000012 00030000 7573657200 616e6e00 00";

    static final String TERMINATE = "58 00000004";

    final Socket socket;

    ClientSocket(ScriptedBackend backend) throws IOException {
        socket = new Socket(backend.host(), backend.port());
        socket.setSoTimeout(10_000);
    }

    ClientSocket send(String hex) throws IOException {
        socket.getOutputStream().write(HexFormat.of().parseHex(hex.replace(" ", "")));
        return this;
    }

    /** Sends a Query. */
    ClientSocket query(String sql) throws IOException {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        return send("51 %08x %s 00".formatted(text.length + 5, HexFormat.of().formatHex(text)));
    }

    String receive(int bytes) throws IOException {
        byte[] received = new byte[bytes];
        new DataInputStream(socket.getInputStream()).readFully(received);
        return HexFormat.of().formatHex(received);
    }

    /** Returns everything up to the end of the stream. */
    String receiveAll() throws IOException {
        return HexFormat.of().formatHex(socket.getInputStream().readAllBytes());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
