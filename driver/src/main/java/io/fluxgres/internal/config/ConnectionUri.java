package io.fluxgres.internal.config;

import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgUsageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Reads a connection URI.
 *
 * <pre>
 * uri       = ("postgresql://" | "postgres://") [user [":" password] "@"] [host [":" port]] ["/" [database]] ["?" options]
 * host      = name | IPv4 address | "[" IPv6 address "]" | percent-encoded path of a Unix domain socket
 * options   = name "=" value *("&amp;" name "=" value)
 * </pre>
 *
 * <p>Messages never repeat the URI, which may hold a password.
 *
 * @see <a href="https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS">Connection URIs</a>
 */
public final class ConnectionUri {

    /** What libpq calls its options about encryption, but for {@code ssl}, which is JDBC's. */
    private static final Set<String> ENCRYPTION = Set.of(
            "ssl",
            "sslmode",
            "sslnegotiation",
            "sslrootcert",
            "sslcert",
            "sslkey",
            "sslpassword",
            "sslcertmode",
            "sslcrl",
            "channel_binding",
            "gssencmode");

    private static final Set<String> PLAINTEXT = Set.of("false", "disable", "allow", "prefer");

    private PgOptions options = PgOptions.defaults();

    private ConnectionUri() {}

    /**
     * Reads a URI.
     *
     * @throws PgUsageException if it is malformed
     */
    public static PgOptions parse(String uri) {
        return new ConnectionUri().read(uri);
    }

    private PgOptions read(String uri) {
        String rest = withoutScheme(uri);
        int query = rest.indexOf('?');
        if (query >= 0) {
            requireNoUserInfo(rest, query);
            readOptions(rest.substring(query + 1));
            rest = rest.substring(0, query);
        }
        int slash = rest.indexOf('/');
        if (slash >= 0) {
            give(PgOption.DATABASE, decode(rest.substring(slash + 1)));
            rest = rest.substring(0, slash);
        }
        int at = rest.lastIndexOf('@');
        if (at >= 0) {
            readCredentials(rest.substring(0, at));
            rest = rest.substring(at + 1);
        }
        readHost(rest);
        return options;
    }

    /** A question mark in a password would make an option of its end, which a message must not show. */
    private static void requireNoUserInfo(String rest, int query) {
        int slash = rest.indexOf('/');
        boolean inAuthority = slash < 0 || slash > query;
        if (inAuthority && rest.indexOf('@', query) >= 0 && rest.lastIndexOf('@', query) < 0) {
            throw new PgUsageException("the connection URI has an @ behind its ?;"
                    + " percent-encode a ? in a password as %3F, and an @ in the value of an option as %40");
        }
    }

    private static String withoutScheme(String uri) {
        for (String scheme : new String[] {"postgresql://", "postgres://"}) {
            if (uri.startsWith(scheme)) {
                return uri.substring(scheme.length());
            }
        }
        throw new PgUsageException("a connection URI begins with postgresql://");
    }

    private void readCredentials(String credentials) {
        int colon = credentials.indexOf(':');
        if (colon >= 0) {
            give(PgOption.PASSWORD, decode(credentials.substring(colon + 1)));
        }
        give(PgOption.USER, decode(colon >= 0 ? credentials.substring(0, colon) : credentials));
    }

    private void readHost(String authority) {
        if (authority.indexOf(',') >= 0) {
            throw new PgUsageException("several hosts in a connection URI are not supported yet; name one");
        }
        int portColon = authority.lastIndexOf(':');
        if (authority.startsWith("[")) {
            int bracket = authority.indexOf(']');
            if (bracket < 0) {
                throw new PgUsageException("the IPv6 address in the connection URI has no closing bracket");
            }
            portColon = bracket + 1 == authority.length() ? -1 : bracket + 1;
            if (bracket == 1 || (portColon >= 0 && authority.charAt(portColon) != ':')) {
                throw new PgUsageException("the brackets in the connection URI hold no IPv6 address alone");
            }
            give(PgOption.HOST, authority.substring(1, bracket));
        } else {
            String host = decode(portColon >= 0 ? authority.substring(0, portColon) : authority);
            if (host.indexOf(':') >= 0) {
                throw new PgUsageException("an IPv6 address in a connection URI needs brackets");
            }
            give(host.startsWith("/") ? PgOption.SOCKET : PgOption.HOST, host);
        }
        if (portColon >= 0) {
            give(PgOption.PORT, authority.substring(portColon + 1));
        }
    }

    private void readOptions(String query) {
        for (String pair : query.split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new PgUsageException("an option in the connection URI has no value");
            }
            String name = decode(pair.substring(0, equals));
            String value = decode(pair.substring(equals + 1));
            if (ENCRYPTION.contains(name.toLowerCase(Locale.ROOT))) {
                requirePlaintext(name, value);
            } else {
                give(named(name), value);
            }
        }
    }

    /** What allows a connection without encryption gets one; all else must not be connected without it. */
    private static void requirePlaintext(String name, String value) {
        if (!PLAINTEXT.contains(value.toLowerCase(Locale.ROOT))) {
            throw new PgUsageException("option " + name + " in the connection URI asks for encryption, or for how to"
                    + " encrypt, which is not supported yet");
        }
    }

    private static PgOption<?> named(String name) {
        PgOption<?> nearest = PgOption.HOST;
        for (PgOption<?> option : PgOption.all()) {
            if (option.name().equals(name)) {
                return option;
            }
            if (distance(name, option.name()) < distance(name, nearest.name())) {
                nearest = option;
            }
        }
        throw new PgUsageException(
                "unknown option " + name + " in the connection URI; the nearest known one is " + nearest.name());
    }

    /** Returns the edit distance of two names, ignoring case. */
    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }

    private <T> void give(PgOption<T> option, String text) {
        if (text.isEmpty()) {
            return;
        }
        if (options.isSet(option)) {
            throw new PgUsageException("option " + option + " stands twice in the connection URI");
        }
        options = options.with(option, option.parse(text));
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] != '%') {
                bytes.write(encoded[i]);
                continue;
            }
            int high = i + 1 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
            int low = i + 2 < encoded.length ? Character.digit(encoded[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new PgUsageException("a percent sign in the connection URI is not followed by two hex digits");
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new PgUsageException("the percent-encoded bytes in the connection URI are not UTF-8");
        }
    }
}
