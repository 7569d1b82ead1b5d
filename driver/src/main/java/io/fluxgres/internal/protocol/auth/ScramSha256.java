package io.fluxgres.internal.protocol.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of SCRAM-SHA-256 without channel binding, from the client's side.
 *
 * <pre>
 * client-first = "n,,n=" user ",r=" client-nonce
 * server-first = "r=" client-nonce server-nonce ",s=" salt ",i=" iterations [extensions]
 * client-final = "c=biws,r=" client-nonce server-nonce ",p=" client-proof
 * server-final = "v=" server-signature [extensions] / "e=" error
 * </pre>
 *
 * <p>The caller derives the salted password: PBKDF2 takes too long for an event loop. Who passes
 * {@link #verifyServerFinal} knows the password or what the server stores of it; before that the server has proven
 * nothing. Used once, by one thread at a time.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802">RFC 5802</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7677">RFC 7677</a>
 */
public final class ScramSha256 {

    /** The name of the mechanism in AuthenticationSASL and SASLInitialResponse. */
    public static final String MECHANISM = "SCRAM-SHA-256";

    /** The bytes of a salted password: those of a SHA-256 hash. */
    public static final int SALTED_PASSWORD_LENGTH = 32;

    private static final String GS2_HEADER = "n,,";
    private static final String CHANNEL_BINDING = "c=biws";
    /** So many digits always fit. */
    private static final int LONG_DIGITS = 18;

    private final String clientNonce;
    private final int maximumIterations;
    private final byte[] clientFirstBare;

    private byte[] serverFirst = {};
    private String nonce = "";
    private byte @Nullable [] serverSignature;

    /** What the server's first message asks the client to derive a key with. */
    public record Challenge(byte[] salt, int iterations) {}

    /** An exchange with PostgreSQL, which takes the user from StartupMessage and ignores the name given here. */
    public ScramSha256(String clientNonce, int maximumIterations) {
        this("", clientNonce, maximumIterations);
    }

    /**
     * An exchange that names the user.
     *
     * @param clientNonce printable ASCII without a comma, unpredictable and never used before
     * @param maximumIterations the most iterations that {@link #serverFirst} lets pass
     */
    public ScramSha256(String userName, String clientNonce, int maximumIterations) {
        if (!isNonce(clientNonce)) {
            throw new IllegalArgumentException("a client nonce must be printable ASCII without a comma");
        }
        this.clientNonce = clientNonce;
        this.maximumIterations = maximumIterations;
        String escaped = userName.replace("=", "=3D").replace(",", "=2C");
        this.clientFirstBare = ("n=" + escaped + ",r=" + clientNonce).getBytes(UTF_8);
    }

    /** Returns client-first. */
    public byte[] clientFirst() {
        return concatenate(GS2_HEADER.getBytes(US_ASCII), clientFirstBare);
    }

    /**
     * Takes server-first, before anything costly is computed.
     *
     * @throws AuthenticationRefused if it is malformed, does not extend the client's nonce, or asks for too few or too many
     *     iterations
     */
    public Challenge serverFirst(byte[] message) {
        String[] attributes = attributes("first", message);
        if (attributes.length < 3) {
            throw malformed("first", "attributes are missing");
        }
        String extendedNonce = nonce(value("first", attributes[0], "r="));
        byte[] salt = salt(value("first", attributes[1], "s="));
        int iterations = iterations(value("first", attributes[2], "i="));
        nonce = extendedNonce;
        serverFirst = message.clone();
        return new Challenge(salt, iterations);
    }

    private String nonce(String value) {
        if (!value.startsWith(clientNonce) || value.length() == clientNonce.length()) {
            throw refused("the server's SCRAM nonce does not extend the nonce of the client");
        }
        if (!isNonce(value)) {
            throw malformed("first", "its nonce is not printable");
        }
        return value;
    }

    private static byte[] salt(String value) {
        byte[] salt;
        try {
            salt = Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw malformed("first", "its salt is not base64");
        }
        if (salt.length == 0) {
            throw malformed("first", "its salt is empty");
        }
        return salt;
    }

    private int iterations(String value) {
        if (!value.matches("[1-9][0-9]*")) {
            throw malformed("first", "its iteration count is not a positive number");
        }
        long iterations = value.length() > LONG_DIGITS ? Long.MAX_VALUE : Long.parseLong(value);
        if (iterations < AuthenticationPolicy.MINIMUM_ITERATIONS) {
            throw refused("the server asks for fewer than " + AuthenticationPolicy.MINIMUM_ITERATIONS
                    + " SCRAM iterations, which would not protect the password");
        }
        if (iterations > maximumIterations) {
            throw refused("the server asks for more than " + maximumIterations
                    + " SCRAM iterations, the most that the client is configured to compute");
        }
        return (int) iterations;
    }

    /**
     * Returns client-final, and from then on knows the signature that the server owes.
     *
     * @param saltedPassword PBKDF2-HMAC-SHA-256 of the prepared password with the {@link Challenge}
     */
    public byte[] clientFinal(byte[] saltedPassword) {
        if (nonce.isEmpty()) {
            throw new IllegalStateException("client-final comes after server-first");
        }
        if (saltedPassword.length != SALTED_PASSWORD_LENGTH) {
            throw new IllegalArgumentException("a salted password has " + SALTED_PASSWORD_LENGTH + " bytes");
        }
        byte[] withoutProof = (CHANNEL_BINDING + ",r=" + nonce).getBytes(US_ASCII);
        byte[] comma = {','};
        byte[] authMessage = concatenate(clientFirstBare, comma, serverFirst, comma, withoutProof);

        byte[] clientKey = hmac(saltedPassword, "Client Key".getBytes(US_ASCII));
        byte[] storedKey = sha256(clientKey);
        byte[] proof = hmac(storedKey, authMessage);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= clientKey[i];
        }
        byte[] serverKey = hmac(saltedPassword, "Server Key".getBytes(US_ASCII));
        serverSignature = Base64.getEncoder().encode(hmac(serverKey, authMessage));

        Arrays.fill(clientKey, (byte) 0);
        Arrays.fill(storedKey, (byte) 0);
        Arrays.fill(serverKey, (byte) 0);
        return concatenate(
                withoutProof, ",p=".getBytes(US_ASCII), Base64.getEncoder().encode(proof));
    }

    /**
     * Takes server-final and returns normally only if the server knows the password.
     *
     * @throws AuthenticationRefused if the signature is wrong or missing, or the server reports an error
     */
    public void verifyServerFinal(byte[] message) {
        byte[] expected = serverSignature;
        if (expected == null) {
            throw new IllegalStateException("server-final comes after client-final");
        }
        String[] attributes = attributes("final", message);
        if (attributes[0].startsWith("e=")) {
            throw refusedByServer(attributes[0].substring(2));
        }
        byte[] signature = value("final", attributes[0], "v=").getBytes(ISO_8859_1);
        if (!MessageDigest.isEqual(expected, signature)) {
            throw refused("the server failed to prove that it knows the password");
        }
    }

    /** The error names of RFC 5802 are repeated, any other text is not. */
    private static AuthenticationRefused refusedByServer(String error) {
        String reason = switch (error) {
            case "invalid-encoding",
                    "extensions-not-supported",
                    "invalid-proof",
                    "channel-bindings-dont-match",
                    "server-does-support-channel-binding",
                    "channel-binding-not-supported",
                    "unsupported-channel-binding-type",
                    "unknown-user",
                    "invalid-username-encoding",
                    "no-resources" -> error;
            default -> "other-error";
        };
        return new AuthenticationRefused(
                AuthenticationRefused.Fault.CONFIGURATION,
                "the server refused the SCRAM proof of the client: " + reason);
    }

    /**
     * Splits a message into attributes: optional extensions are among them, mandatory ones are refused.
     *
     * <p>One byte becomes one character, so that no byte is malformed before it was looked at.
     */
    private static String[] attributes(String which, byte[] message) {
        String[] attributes = new String(message, ISO_8859_1).split(",", -1);
        for (String attribute : attributes) {
            if (attribute.length() < 2 || !isLetter(attribute.charAt(0)) || attribute.charAt(1) != '=') {
                throw malformed(which, "a part is not an attribute");
            }
            if (attribute.charAt(0) == 'm') {
                throw refused(
                        "the server's " + which + " SCRAM message demands an extension that the client does not know");
            }
        }
        return attributes;
    }

    private static boolean isLetter(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    private static String value(String which, String attribute, String name) {
        if (!attribute.startsWith(name)) {
            throw malformed(which, "the attribute " + name + " is missing");
        }
        return attribute.substring(name.length());
    }

    /** Whether all characters are the printable ones of RFC 5802: '!' to '~' without the comma. */
    private static boolean isNonce(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '!' && c <= '~' && c != ',');
    }

    private static AuthenticationRefused malformed(String which, String what) {
        return refused("the server's " + which + " SCRAM message is malformed: " + what);
    }

    private static AuthenticationRefused refused(String message) {
        return new AuthenticationRefused(AuthenticationRefused.Fault.SERVER, message);
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }

    private static byte[] sha256(byte[] message) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static byte[] concatenate(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] whole = new byte[length];
        int index = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, index, part.length);
            index += part.length;
        }
        return whole;
    }
}
