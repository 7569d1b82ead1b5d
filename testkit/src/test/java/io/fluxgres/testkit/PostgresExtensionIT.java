package io.fluxgres.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresExtensionIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @BeforeAll
    static void createTable() {
        postgres.execute("create table item (id int); insert into item values (7)");
    }

    @Test
    void theDatabaseOfTheClassIsTheOneOfTheUrlAndKeepsItsTables() {
        assertThat(postgres.url()).startsWith("postgresql://" + postgres.user()).endsWith("/" + postgres.database());
        assertThat(postgres.queryForString("select current_database()")).isEqualTo(postgres.database());
        assertThat(postgres.queryForString("select id from item")).isEqualTo("7");
    }

    @Test
    void aNullAnswerIsNull() {
        assertThat(postgres.queryForString("select null")).isNull();
    }

    @Test
    void theVersionIsTheOneThatWasAskedFor() {
        String wanted = System.getProperty("fluxgres.pg");
        assertThat(postgres.version()).isBetween(14, 30);
        if (wanted != null) {
            assertThat(postgres.version()).hasToString(wanted);
        }
    }

    @Test
    void theEmbeddedServerHasTheSettingsThatTestsRelyOn() {
        postgres.assumeEmbedded();
        assertThat(postgres.queryForString("show fsync")).isEqualTo("off");
        assertThat(postgres.queryForString("show synchronous_commit")).isEqualTo("off");
        assertThat(postgres.queryForString("show max_connections")).isEqualTo("200");
        assertThat(postgres.queryForString("show max_prepared_transactions")).isEqualTo("10");
        assertThat(postgres.queryForString("show log_statement")).isEqualTo("none");
        assertThat(postgres.queryForString("show server_encoding")).isEqualTo("UTF8");
    }

    @Test
    void theSocketAnswersAnSslRequest() throws Exception {
        postgres.assumeEmbedded();
        Path path = postgres.socketPath().orElseThrow();
        assertThat(path.toString().length()).isLessThan(60);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            channel.write(ByteBuffer.allocate(8).putInt(8).putInt(80877103).flip());
            ByteBuffer answer = ByteBuffer.allocate(2);
            assertThat(channel.read(answer)).isEqualTo(1);
            assertThat(answer.get(0)).isEqualTo((byte) 'N');
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachRoleLogsInWithItsPassword(AuthRole role) throws SQLException {
        postgres.assumeEmbedded();
        try (Connection connection = login(role.user(), role.password());
                ResultSet result = connection.createStatement().executeQuery("select current_user")) {
            assertThat(result.next()).isTrue();
            assertThat(result.getString(1)).isEqualTo(role.user());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TRUST")
    void aWrongPasswordIsRefused(AuthRole role) {
        postgres.assumeEmbedded();
        assertThatThrownBy(() -> login(role.user(), "wrong"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }

    @ParameterizedTest
    @EnumSource
    void eachRoleIsMetByTheMethodItDocuments(AuthRole role) {
        postgres.assumeEmbedded();
        assertThat(postgres.queryForString("select distinct auth_method from pg_hba_file_rules where user_name = '{%s}'"
                        .formatted(role.user())))
                .isEqualTo(role.method());
    }

    @Test
    void onlyTheMd5RoleIsStoredAsMd5() {
        postgres.assumeEmbedded();
        assertThat(postgres.queryForString(
                        "select string_agg(rolname, ',') from pg_authid where rolpassword like 'md5%'"))
                .isEqualTo(AuthRole.MD5.user());
    }

    @Test
    void thePreparedPasswordIsTheOneTheServerStores() throws SQLException {
        postgres.assumeEmbedded();
        assertThat(AuthRole.SASLPREP.password()).isNotEqualTo(AuthRole.SASLPREP.preparedPassword());
        login(AuthRole.SASLPREP.user(), AuthRole.SASLPREP.preparedPassword()).close();
    }

    @Test
    void theUrlOfARoleEscapesItsPassword() {
        postgres.assumeEmbedded();
        assertThat(postgres.url(AuthRole.SASLPREP)).contains("auth_saslprep:r%C2%ADe%CC%81sum%C3%A9%C2%A0%E2%85%A8@");
    }

    @Test
    void aFailingSetupStatementTellsTheServersReason() {
        assertThatThrownBy(() -> postgres.execute("select 1/0")).hasMessageContaining("division by zero");
    }

    @Nested
    class InANestedClass {
        @Test
        void theDatabaseIsThatOfTheEnclosingClass() {
            assertThat(postgres.queryForString("select id from item")).isEqualTo("7");
        }
    }

    private static Connection login(String user, String password) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(postgres.host(), postgres.port(), postgres.database()),
                user,
                password);
    }
}
