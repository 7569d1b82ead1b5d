package io.fluxgres.internal.protocol.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Md5PasswordTest {

    // The responses were computed by another implementation.
    @ParameterizedTest
    @CsvSource({
        "password, postgres, 01020304, md598511ceaec347a656f032c7f2a16ef17",
        "pencil, app, 931000ff, md5442072cf372170b6d2f1c75069ea5e56",
        "pässwörd, jürgen, 00000000, md5f7f95bdcb3ab183be064ec5fcd9abcaa"
    })
    void hashesPasswordAndUserAndThenTheSalt(String password, String user, String salt, String response) {
        byte[] secret = password.getBytes(UTF_8);
        assertThat(Md5Password.response(secret, user, HexFormat.of().parseHex(salt)))
                .asString(UTF_8)
                .isEqualTo(response);
        assertThat(secret).as("the caller's array").isEqualTo(password.getBytes(UTF_8));
    }
}
