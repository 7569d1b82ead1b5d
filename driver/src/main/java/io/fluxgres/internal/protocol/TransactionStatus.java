package io.fluxgres.internal.protocol;

/** The status byte of ReadyForQuery. */
public enum TransactionStatus {
    /** 'I': not in a transaction block. */
    IDLE,
    /** 'T': in a transaction block. */
    IN_TRANSACTION,
    /** 'E': in a failed transaction block; statements are refused until it ends. */
    FAILED;

    /** Reads the body of ReadyForQuery. */
    public static TransactionStatus read(BackendReader in) {
        byte status = in.readByte();
        return switch (status) {
            case 'I' -> IDLE;
            case 'T' -> IN_TRANSACTION;
            case 'E' -> FAILED;
            default -> throw in.violation("an unknown transaction status");
        };
    }
}
