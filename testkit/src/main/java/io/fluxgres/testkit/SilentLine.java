package io.fluxgres.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a server, and falls silent on each connection whose client sends a certain text: neither that nor
 * anything behind it is passed on, and nothing comes back, as if the server hung or a router had forgotten the connection.
 *
 * <p>The text must come in one piece, as a short statement does.
 */
public final class SilentLine extends Relay {

    private final AtomicInteger silenced = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Pattern trigger;

    private SilentLine(String host, int port) {
        super("silent-line", 0, host, port);
    }

    public static SilentLine to(String host, int port) {
        SilentLine line = new SilentLine(host, port);
        line.start();
        return line;
    }

    /** Falls silent on connections that send from now on what the regular expression finds; case does not count. */
    public void fallSilentAt(String regex) {
        trigger = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }

    /** Passes everything on again, but for the connections that are silent. */
    public void listenAgain() {
        trigger = null;
    }

    /** Returns on how many connections the line has fallen silent. */
    public int silenced() {
        return silenced.get();
    }

    @Override
    protected void relay(Socket client, Socket server) {
        daemon("requests", () -> passRequests(client, server));
        daemon("answers", () -> {
            server.getInputStream().transferTo(client.getOutputStream());
            client.shutdownOutput();
        });
    }

    private void passRequests(Socket client, Socket server) throws IOException, InterruptedException {
        byte[] buffer = new byte[64 * 1024];
        InputStream in = client.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
            Pattern text = trigger;
            if (text != null
                    && text.matcher(new String(buffer, 0, n, StandardCharsets.ISO_8859_1))
                            .find()) {
                silenced.incrementAndGet();
                closed.await();
            }
            out.write(buffer, 0, n);
        }
        server.shutdownOutput();
    }

    @Override
    public void close() {
        super.close();
        closed.countDown();
    }
}
