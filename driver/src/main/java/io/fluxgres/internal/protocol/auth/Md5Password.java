package io.fluxgres.internal.protocol.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The answer to AuthenticationMD5Password.
 *
 * <pre>
 * response = "md5" hex(MD5(hex(MD5(password user)) salt))
 * </pre>
 */
public final class Md5Password {

    private Md5Password() {}

    /** Returns the response, without a terminator. */
    public static byte[] response(byte[] password, String user, byte[] salt) {
        byte[] stored = hexadecimalMd5(password, user.getBytes(UTF_8));
        byte[] salted = hexadecimalMd5(stored, salt);
        // What the server stores is as good as the password to whoever has it.
        Arrays.fill(stored, (byte) 0);
        byte[] response = new byte[3 + salted.length];
        System.arraycopy("md5".getBytes(US_ASCII), 0, response, 0, 3);
        System.arraycopy(salted, 0, response, 3, salted.length);
        return response;
    }

    private static byte[] hexadecimalMd5(byte[] first, byte[] second) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(first);
            digest.update(second);
            return HexFormat.of().formatHex(digest.digest()).getBytes(US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new AuthenticationRefused(
                    AuthenticationRefused.Fault.CONFIGURATION,
                    "the server asks for an MD5 hash of the password, but this Java runtime has no MD5");
        }
    }
}
