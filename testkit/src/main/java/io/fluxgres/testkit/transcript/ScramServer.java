package io.fluxgres.testkit.transcript;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), without channel binding. It follows the rules
 * unless a {@link ScramFault} is asked for. Salt and nonce are constants, so that transcripts repeat; the iterations are
 * computed only when the client's proof is there, so that any number of them may be asked for.
 */
final class ScramServer {

    private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
    private static final String NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    private final String password;
    private final int iterations;
    private final ScramFault fault;
    private String gs2Header = "";
    private String clientFirstBare = "";
    private String serverFirst = "";
    private String nonce = "";

    /**
     * @param password after SASLprep
     */
    ScramServer(String password, int iterations, ScramFault fault) {
        this.password = password;
        this.iterations = iterations;
        this.fault = fault;
    }

    /** Takes {@code client-first-message}, returns {@code server-first-message}. */
    String first(String clientFirst) {
        int bare = clientFirst.indexOf(',', clientFirst.indexOf(',') + 1) + 1;
        gs2Header = clientFirst.substring(0, bare);
        clientFirstBare = clientFirst.substring(bare);
        String[] attributes = clientFirstBare.split(",", -1);
        if (!gs2Header.matches("[ny],,")
                || attributes.length != 2
                || !attributes[0].startsWith("n=")
                || !attributes[1].matches("r=.+")) {
            throw new ScramException("the client's first message is not of the form n,,n=...,r=...");
        }
        String clientNonce = attributes[1].substring(2);
        nonce = switch (fault) {
            case FOREIGN_NONCE -> NONCE;
            case SAME_NONCE -> clientNonce;
            default -> clientNonce + NONCE;
        };
        serverFirst = "r=%s,s=%s,i=%d".formatted(nonce, fault == ScramFault.BAD_SALT ? "~" : SALT, iterations);
        return serverFirst;
    }

    /** Takes {@code client-final-message}, verifies its proof, returns {@code server-final-message}. */
    String last(String clientFinal) {
        int proofStart = clientFinal.lastIndexOf(",p=");
        String withoutProof = clientFinal.substring(0, Math.max(proofStart, 0));
        String channelBinding = Base64.getEncoder().encodeToString(gs2Header.getBytes(StandardCharsets.UTF_8));
        if (!withoutProof.equals("c=%s,r=%s".formatted(channelBinding, nonce))) {
            throw new ScramException("the client's final message does not repeat the GS2 header and the whole nonce");
        }
        byte[] authMessage = utf8(clientFirstBare + "," + serverFirst + "," + withoutProof);
        byte[] saltedPassword = saltedPassword();
        byte[] clientKey = hmac(saltedPassword, utf8("Client Key"));
        byte[] clientSignature = hmac(sha256(clientKey), authMessage);
        byte[] proof = Base64.getDecoder().decode(clientFinal.substring(proofStart + 3));
        if (!Arrays.equals(proof, exclusiveOr(clientKey, clientSignature))) {
            throw new ScramException("the client's proof does not come from the password");
        }
        byte[] signature = hmac(hmac(saltedPassword, utf8("Server Key")), authMessage);
        return switch (fault) {
            case WRONG_SIGNATURE -> "v=" + Base64.getEncoder().encodeToString(sha256(signature));
            case SERVER_ERROR -> "e=other-error";
            default -> "v=" + Base64.getEncoder().encodeToString(signature);
        };
    }

    private byte[] saltedPassword() {
        PBEKeySpec specification =
                new PBEKeySpec(password.toCharArray(), Base64.getDecoder().decode(SALT), iterations, 256);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(specification)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] exclusiveOr(byte[] left, byte[] right) {
        byte[] result = new byte[left.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) (left[i] ^ right[i]);
        }
        return result;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The client's message is not what SCRAM wants. */
    static final class ScramException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ScramException(String message) {
            super(message);
        }
    }
}
