package io.fluxgres;

import static io.fluxgres.Logins.ask;
import static io.fluxgres.Logins.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fluxgres.PgException.Fault;
import io.fluxgres.testkit.AuthRole;
import io.fluxgres.testkit.PostgresExtension;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import reactor.netty.resources.LoopResources;

/** Logs in to a real server by each method that it knows, and fails to. */
@Timeout(60)
class AuthenticationIT {

    private static final String WRONG_PASSWORD = "not-the-password-4711";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @BeforeEach
    void needTheRolesOfTheEmbeddedServer() {
        postgres.assumeEmbedded();
    }

    // ---- let in

    @ParameterizedTest
    @EnumSource(AuthRole.class)
    void logsInByTheMethodOfTheRole(AuthRole role) {
        assertThat(ask(permissive(role), "select current_user")).isEqualTo(role.user());
    }

    @ParameterizedTest
    @EnumSource(AuthRole.class)
    void logsInByAUri(AuthRole role) {
        PgOptions options = PgOptions.parse(postgres.url(role) + "?allowCleartextPassword=true");

        assertThat(ask(options, "select current_user")).isEqualTo(role.user());
    }

    @ParameterizedTest
    @EnumSource(AuthRole.class)
    void logsInOverTheUnixDomainSocketWithoutFurtherPermission(AuthRole role) {
        assumeTrue(postgres.socketPath().isPresent(), "The server has no Unix domain socket on this machine");
        assumeTrue(LoopResources.hasNativeSupport(), "There is no native transport for this platform");
        PgOptions options = options(role)
                .with(PgOption.SOCKET, postgres.socketPath().orElseThrow().toString());

        assertThat(ask(options, "select current_user")).isEqualTo(role.user());
    }

    @Test
    void passwordBehindSaslPrepIsTheSamePassword() {
        AuthRole role = AuthRole.SASLPREP;

        assertThat(ask(options(role).with(PgOption.PASSWORD, role.preparedPassword()), "select current_user"))
                .isEqualTo(role.user());
    }

    /** Each change of the password changes the salt, even if the password stays as it was. */
    @Test
    void aClientLogsInAgainAfterTheSaltHasChangedAndNoMoreAfterThePasswordHas() {
        AuthRole role = AuthRole.SCRAM;
        PgClient client = PgClient.create(options(role));
        try {
            logIn(client);
            logIn(client);
            setPassword(role, role.password());
            logIn(client);
            setPassword(role, WRONG_PASSWORD);
            assertThatThrownBy(() -> logIn(client))
                    .isInstanceOfSatisfying(
                            PgServerException.class,
                            failure -> assertThat(failure.sqlState()).isEqualTo("28P01"));
        } finally {
            setPassword(role, role.password());
        }
        logIn(client);
        client.close().block(Logins.PATIENCE);
    }

    private static void logIn(PgClient client) {
        client.connect().flatMap(PgConnection::close).block(Logins.PATIENCE);
    }

    private static void setPassword(AuthRole role, String password) {
        postgres.execute("alter role " + role.user() + " password '" + password + "'");
    }

    @ParameterizedTest
    @EnumSource(AuthRole.class)
    void logsInWhereOnlyTheMethodOfTheRoleIsAccepted(AuthRole role) {
        PgOptions options = permissive(role).with(PgOption.REQUIRE_AUTH, Set.of(methodOf(role)));

        assertThat(ask(options, "select current_user")).isEqualTo(role.user());
    }

    // ---- refused by the driver

    @Test
    void cleartextPasswordIsRefusedOverTcpByDefault() {
        PgAuthenticationException failure = refusal(options(AuthRole.PASSWORD));

        assertThat(failure.fault()).isEqualTo(Fault.CALLER);
        assertThat(failure).hasMessageContaining("clear");
        assertTellsNoSecret(failure, AuthRole.PASSWORD.password());
    }

    @ParameterizedTest
    @EnumSource(AuthRole.class)
    void refusesTheMethodThatIsNotAccepted(AuthRole role) {
        Set<PgAuthenticationMethod> others = EnumSet.complementOf(EnumSet.of(methodOf(role)));

        PgAuthenticationException failure = refusal(permissive(role).with(PgOption.REQUIRE_AUTH, others));

        assertThat(failure.fault()).isEqualTo(Fault.CALLER);
        assertThat(failure).hasMessageContaining("does not allow");
        assertTellsNoSecret(failure, role.password());
    }

    @ParameterizedTest
    @EnumSource(value = AuthRole.class, mode = Mode.EXCLUDE, names = "TRUST")
    void saysThatThePasswordIsMissing(AuthRole role) {
        PgOptions options =
                postgresOptions().with(PgOption.USER, role.user()).with(PgOption.ALLOW_CLEARTEXT_PASSWORD, true);

        PgAuthenticationException failure = refusal(options);

        assertThat(failure.fault()).isEqualTo(Fault.CALLER);
        assertThat(failure).hasMessageContaining("none was given");
    }

    private static PgAuthenticationException refusal(PgOptions options) {
        PgAuthenticationException failure =
                catchThrowableOfType(PgAuthenticationException.class, () -> connect(options));
        assertThat(failure).isNotNull();
        return failure;
    }

    // ---- refused by the server

    @ParameterizedTest
    @EnumSource(value = AuthRole.class, mode = Mode.EXCLUDE, names = "TRUST")
    void wrongPasswordIsTheServersError(AuthRole role) {
        PgServerException failure = serverError(permissive(role).with(PgOption.PASSWORD, WRONG_PASSWORD), "28P01");

        assertTellsNoSecret(failure, WRONG_PASSWORD);
    }

    @ParameterizedTest
    @EnumSource(value = AuthRole.class, mode = Mode.EXCLUDE, names = "TRUST")
    void emptyPasswordIsAWrongPassword(AuthRole role) {
        serverError(permissive(role).with(PgOption.PASSWORD, ""), "28P01");
    }

    @Test
    void unknownRoleIsRefused() {
        serverError(postgresOptions().with(PgOption.USER, "nobody_of_this_name"), "28000");
    }

    @Test
    void unknownDatabaseIsRefused() {
        serverError(options(AuthRole.TRUST).with(PgOption.DATABASE, "nothing_of_this_name"), "3D000");
    }

    @Test
    void roleThatMayNotLogInIsRefused() {
        whileRoleIs("nologin", "login", () -> serverError(options(AuthRole.TRUST), "28000"));
    }

    @Test
    void oneConnectionTooManyIsRefused() {
        // those of earlier tests count as long as their backends live
        Logins.awaitBackends(postgres, "usename = '" + AuthRole.TRUST.user() + "'", 0);
        whileRoleIs("connection limit 1", "connection limit -1", () -> {
            PgConnection only = connect(options(AuthRole.TRUST));
            try {
                serverError(options(AuthRole.TRUST), "53300");
            } finally {
                only.close().block(Logins.PATIENCE);
            }
        });
    }

    /** The role is shared by the tests of this JVM, so it is changed for the time of the test only. */
    private static void whileRoleIs(String changed, String restored, Runnable test) {
        String role = AuthRole.TRUST.user();
        postgres.execute("alter role " + role + " " + changed);
        try {
            test.run();
        } finally {
            postgres.execute("alter role " + role + " " + restored);
        }
    }

    private static PgServerException serverError(PgOptions options, String sqlState) {
        PgServerException failure = catchThrowableOfType(PgServerException.class, () -> connect(options));
        assertThat(failure).isNotNull();
        assertThat(failure.sqlState()).isEqualTo(sqlState);
        assertThat(failure.fault()).isEqualTo(Fault.SERVER);
        assertThat(String.valueOf(failure.errorFields())).contains("FATAL");
        return failure;
    }

    private static void assertTellsNoSecret(Throwable failure, String password) {
        assertThat(Secrets.everythingThatAFailureTells(failure)).doesNotContain(password);
    }

    // ---- the roles

    private static PgOptions permissive(AuthRole role) {
        return options(role).with(PgOption.ALLOW_CLEARTEXT_PASSWORD, true);
    }

    private static PgOptions options(AuthRole role) {
        return postgresOptions().with(PgOption.USER, role.user()).with(PgOption.PASSWORD, role.password());
    }

    private static PgOptions postgresOptions() {
        return PgOptions.defaults()
                .with(PgOption.HOST, postgres.host())
                .with(PgOption.PORT, postgres.port())
                .with(PgOption.DATABASE, postgres.database());
    }

    private static PgAuthenticationMethod methodOf(AuthRole role) {
        return role == AuthRole.TRUST
                ? PgAuthenticationMethod.NONE
                : Arrays.stream(PgAuthenticationMethod.values())
                        .filter(method -> method.word().equals(role.method()))
                        .findAny()
                        .orElseThrow();
    }
}
