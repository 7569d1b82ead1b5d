package io.fluxgres.internal.codec;

/** Hexadecimal digits in ASCII. */
final class Hex {

    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private Hex() {}

    /** Returns the number that a digit of either case stands for, or -1 for any other byte. */
    static int digit(int character) {
        if (character >= '0' && character <= '9') {
            return character - '0';
        } else if (character >= 'a' && character <= 'f') {
            return character - 'a' + 10;
        } else if (character >= 'A' && character <= 'F') {
            return character - 'A' + 10;
        }
        return -1;
    }

    /** Returns the digit, in lower case, of the lowest four bits. */
    static byte ofLowestBits(int value) {
        return DIGITS[value & 0xF];
    }
}
