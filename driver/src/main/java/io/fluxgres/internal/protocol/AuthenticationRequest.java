package io.fluxgres.internal.protocol;

/** The codes in Authentication messages, under the names of the messages in the manual. */
final class AuthenticationRequest {

    static final int OK = 0;
    static final int KERBEROS_V5 = 2;
    static final int CLEARTEXT_PASSWORD = 3;
    static final int MD5_PASSWORD = 5;
    static final int SCM_CREDENTIAL = 6;
    static final int GSS = 7;
    static final int GSS_CONTINUE = 8;
    static final int SSPI = 9;
    static final int SASL = 10;
    static final int SASL_CONTINUE = 11;
    static final int SASL_FINAL = 12;

    private AuthenticationRequest() {}

    /** Returns the manual's name of the message with a code, or the code if the protocol has no such message. */
    static String name(int code) {
        return switch (code) {
            case OK -> "AuthenticationOk";
            case KERBEROS_V5 -> "AuthenticationKerberosV5";
            case CLEARTEXT_PASSWORD -> "AuthenticationCleartextPassword";
            case MD5_PASSWORD -> "AuthenticationMD5Password";
            case SCM_CREDENTIAL -> "AuthenticationSCMCredential";
            case GSS -> "AuthenticationGSS";
            case GSS_CONTINUE -> "AuthenticationGSSContinue";
            case SSPI -> "AuthenticationSSPI";
            case SASL -> "AuthenticationSASL";
            case SASL_CONTINUE -> "AuthenticationSASLContinue";
            case SASL_FINAL -> "AuthenticationSASLFinal";
            default -> "Authentication with the unknown code " + Integer.toUnsignedString(code);
        };
    }
}
