package io.fluxgres.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fluxgres.PgAuthenticationMethod;
import io.fluxgres.PgClient;
import io.fluxgres.PgException.Fault;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgProtocolVersion;
import io.fluxgres.PgQueryMode;
import io.fluxgres.PgStringType;
import io.fluxgres.PgUsageException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ConnectionUriTest {

    private static final String SECRET = "do-not-tell-4711";

    // ---- parts

    @Test
    void everyPartIsRead() {
        PgOptions options = ConnectionUri.parse("postgresql://ann:pass@db.example.org:6543/shop?applicationName=desk");

        assertThat(options.get(PgOption.USER)).isEqualTo("ann");
        assertThat(options.get(PgOption.PASSWORD)).isEqualTo("pass");
        assertThat(options.get(PgOption.HOST)).isEqualTo("db.example.org");
        assertThat(options.get(PgOption.PORT)).isEqualTo(6543);
        assertThat(options.get(PgOption.DATABASE)).isEqualTo("shop");
        assertThat(options.get(PgOption.APPLICATION_NAME)).isEqualTo("desk");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://",
                "postgres://",
                "postgresql:///",
                "postgresql://?",
                "postgresql:///?&",
                "postgresql://@",
                "postgresql://:@:/"
            })
    void everyPartMayBeMissing(String uri) {
        PgOptions options = ConnectionUri.parse(uri);

        for (PgOption<?> option : PgOption.all()) {
            assertThat(options.isSet(option)).as(option.name()).isFalse();
        }
        assertThat(options.get(PgOption.HOST)).isEqualTo("localhost");
        assertThat(options.get(PgOption.PORT)).isEqualTo(5432);
    }

    @Test
    void addressOfIpv6StandsInBrackets() {
        PgOptions options = ConnectionUri.parse("postgresql://ann@[2001:db8::1]:6543/shop");

        assertThat(options.get(PgOption.HOST)).isEqualTo("2001:db8::1");
        assertThat(options.get(PgOption.PORT)).isEqualTo(6543);
        assertThat(ConnectionUri.parse("postgresql://[::1]").get(PgOption.PORT)).isEqualTo(5432);
    }

    @Test
    void encodedPathIsASocket() {
        PgOptions options = ConnectionUri.parse("postgresql://ann@%2Frun%2Fpg%2F.s.PGSQL.5432/shop");

        assertThat(options.get(PgOption.SOCKET)).isEqualTo("/run/pg/.s.PGSQL.5432");
        assertThat(options.isSet(PgOption.HOST)).isFalse();
    }

    // ---- percent-encoding

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = ' ',
            value = {
                "%40%3A%2F%3F%26%3D%25%23 @:/?&=%#",
                "a%2Bb a+b",
                "a+b a+b",
                "%C3%A9t%c3%a9 été",
                "été été",
                "%F0%9F%90%98 🐘",
                "a:b:c a:b:c",
                "it%27s%22 it's\"",
                "%20both%20 ` both `",
                "%09 `\t`"
            })
    void passwordIsDecodedAndOtherwiseLeftAlone(String encoded, String password) {
        assertThat(ConnectionUri.parse("postgresql://ann:" + encoded + "@localhost/shop")
                        .get(PgOption.PASSWORD))
                .isEqualTo(password);
        assertThat(ConnectionUri.parse("postgresql://ann@localhost/shop?password=" + encoded)
                        .get(PgOption.PASSWORD))
                .isEqualTo(password);
    }

    @Test
    void userAndDatabaseAndNamesOfOptionsAreDecoded() {
        PgOptions options = ConnectionUri.parse("postgresql://a%40b@localhost/%2Fshop%20two?application%4Eame=x%26y");

        assertThat(options.get(PgOption.USER)).isEqualTo("a@b");
        assertThat(options.get(PgOption.DATABASE)).isEqualTo("/shop two");
        assertThat(options.get(PgOption.APPLICATION_NAME)).isEqualTo("x&y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%4", "%zz", "a%", "%é0", "%+1"})
    void percentSignWithoutTwoDigitsIsRefused(String password) {
        assertThat(refusalOf("postgresql://ann:" + SECRET + password + "@localhost"))
                .hasMessageContaining("percent");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        refusalOf("postgresql://ann:" + SECRET + "%FF%FE@localhost");
    }

    // ---- options

    @ParameterizedTest
    @MethodSource("values")
    <T> void valueIsRead(String pair, PgOption<T> option, T value) {
        assertThat(ConnectionUri.parse("postgresql://?" + pair).get(option)).isEqualTo(value);
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("connectTimeout=300ms", PgOption.CONNECT_TIMEOUT, Duration.ofMillis(300)),
                Arguments.of("connectTimeout=5s", PgOption.CONNECT_TIMEOUT, Duration.ofSeconds(5)),
                Arguments.of("connectTimeout=2m", PgOption.CONNECT_TIMEOUT, Duration.ofMinutes(2)),
                Arguments.of("connectTimeout=PT1.5S", PgOption.CONNECT_TIMEOUT, Duration.ofMillis(1500)),
                Arguments.of("timeZone=Asia/Kolkata", PgOption.TIME_ZONE, ZoneId.of("Asia/Kolkata")),
                Arguments.of("timeZone=%2B05:30", PgOption.TIME_ZONE, ZoneId.of("+05:30")),
                Arguments.of("requireAuth=none", PgOption.REQUIRE_AUTH, Set.of(PgAuthenticationMethod.NONE)),
                Arguments.of(
                        "requireAuth=md5,scram-sha-256",
                        PgOption.REQUIRE_AUTH,
                        Set.of(PgAuthenticationMethod.MD5, PgAuthenticationMethod.SCRAM_SHA_256)),
                Arguments.of("allowCleartextPassword=true", PgOption.ALLOW_CLEARTEXT_PASSWORD, true),
                Arguments.of("allowCleartextPassword=false", PgOption.ALLOW_CLEARTEXT_PASSWORD, false),
                Arguments.of("scramMaxIterations=4096", PgOption.SCRAM_MAX_ITERATIONS, 4096),
                Arguments.of("maxProtocolVersion=3.2", PgOption.MAX_PROTOCOL_VERSION, PgProtocolVersion.V3_2),
                Arguments.of("queryMode=simple", PgOption.QUERY_MODE, PgQueryMode.SIMPLE),
                Arguments.of("stringType=untyped", PgOption.STRING_TYPE, PgStringType.UNTYPED),
                Arguments.of("prepareThreshold=1", PgOption.PREPARE_THRESHOLD, 1),
                Arguments.of("statementCacheSize=0", PgOption.STATEMENT_CACHE_SIZE, 0),
                Arguments.of("maxRowBytes=1024", PgOption.MAX_ROW_BYTES, 1024),
                Arguments.of("maxMessageBytes=65536", PgOption.MAX_MESSAGE_BYTES, 65536),
                Arguments.of("host=db&port=6543", PgOption.PORT, 6543),
                Arguments.of("socket=/run/pg/.s.PGSQL.5432", PgOption.SOCKET, "/run/pg/.s.PGSQL.5432"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "port=0",
                "port=65536",
                "port=-1",
                "port=abc",
                "port=5432.0",
                "port=99999999999",
                "connectTimeout=0",
                "connectTimeout=5",
                "connectTimeout=5000",
                "connectTimeout=-1s",
                "connectTimeout=soon",
                "connectTimeout=PT",
                "connectTimeout=1w",
                "connectTimeout=9223372036854775807s",
                "connectTimeout=9223372036854775807m",
                "timeZone=Mars/Olympus",
                "timeZone=%2B99:00",
                "requireAuth=kerberos",
                "requireAuth=md5,",
                "requireAuth=,",
                "requireAuth=MD5",
                "allowCleartextPassword=yes",
                "allowCleartextPassword=TRUE",
                "allowCleartextPassword=1",
                "scramMaxIterations=4095",
                "scramMaxIterations=2147483647",
                "maxProtocolVersion=3.1",
                "maxProtocolVersion=3",
                "maxProtocolVersion=4.0",
                "maxProtocolVersion=V3_2",
                "queryMode=SIMPLE",
                "queryMode=prepared",
                "stringType=int4",
                "prepareThreshold=0",
                "statementCacheSize=-1",
                "maxRowBytes=1023",
                "maxRowBytes=1073741824",
                "maxMessageBytes=65535"
            })
    void valueThatIsNoneOfTheOptionIsRefusedByName(String pair) {
        String name = pair.substring(0, pair.indexOf('='));
        String value = pair.substring(pair.indexOf('=') + 1);

        PgUsageException failure = refusalOf("postgresql://localhost?" + pair);

        assertThat(failure).hasMessageContaining("option " + name);
        assertThat(failure.getMessage().split("[ :,;]")).doesNotContain(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sslmode=require",
                "sslmode=verify-full",
                "sslMode=VERIFY_CA",
                "sslmode=on",
                "ssl=true",
                "sslrootcert=/etc/pg/ca.crt",
                "channel_binding=require",
                "gssencmode=require"
            })
    void anOptionThatAsksForEncryptionIsNotSupportedYet(String pair) {
        String name = pair.substring(0, pair.indexOf('='));
        assertThat(refusalOf("postgresql://localhost/shop?" + pair))
                .hasMessageContaining("option " + name + " ")
                .hasMessageContaining("not supported yet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sslmode=disable", "sslmode=allow", "sslMode=prefer", "ssl=false", "gssencmode=disable"})
    void anOptionThatAllowsPlaintextIsAccepted(String pair) {
        assertThat(ConnectionUri.parse("postgresql://db/shop?" + pair + "&port=6543")
                        .get(PgOption.PORT))
                .isEqualTo(6543);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://app:s3cret@db1,db2/shop",
                "postgresql://db1:5432,db2:5433/shop",
                "postgresql://[::1],[::2]/shop",
                "postgresql:///shop?host=db1,db2"
            })
    void severalHostsAreNotSupportedYet(String uri) {
        assertThat(refusalOf(uri)).hasMessageContaining("not supported yet").hasMessageContaining("several");
    }

    @Test
    void portInTheHostIsAValueOfTheOption() {
        assertThat(refusalOf("postgresql://localhost:http/shop")).hasMessageContaining("option port");
        assertThat(refusalOf("postgresql://[::1]:http/shop")).hasMessageContaining("option port");
    }

    @ParameterizedTest
    @CsvSource({
        "connectTimout, connectTimeout",
        "CONNECTTIMEOUT, connectTimeout",
        "connect_timeout, connectTimeout",
        "applicationname, applicationName",
        "application_name, applicationName",
        "timezone, timeZone",
        "usr, user",
        "passwd, password",
        "databse, database",
        "require_auth, requireAuth"
    })
    void unknownOptionNamesTheNearest(String unknown, String nearest) {
        assertThat(refusalOf("postgresql://localhost?" + unknown + "=1"))
                .hasMessageContaining("unknown option " + unknown)
                .hasMessageEndingWith(" " + nearest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@localhost/shop", "@localhost", "&x@localhost", "=x@localhost:5432/shop?port=1"})
    void aBareQuestionMarkInAPasswordDoesNotShowItsEnd(String rest) {
        assertThat(refusalOf("postgresql://ann:a?" + SECRET + rest)).hasMessageContaining("%3F");
    }

    @Test
    void optionWithoutAValueIsRefused() {
        assertThat(refusalOf("postgresql://localhost?applicationName")).hasMessageContaining("no value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://localhost?applicationName=a&applicationName=a",
                "postgresql://ann@localhost?user=ann",
                "postgresql://ann:" + SECRET + "@localhost?password=" + SECRET,
                "postgresql://localhost?host=localhost",
                "postgresql://localhost:5432?port=5432",
                "postgresql://localhost/shop?database=shop",
                "postgresql://%2Frun%2Fpg?socket=/run/pg"
            })
    void optionThatStandsTwiceIsRefused(String uri) {
        assertThat(refusalOf(uri)).hasMessageContaining("twice");
    }

    // ---- malformed

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost",
                "postgresql:",
                "postgresql:/localhost",
                "jdbc:postgresql://localhost",
                "r2dbc:postgresql://localhost",
                "mysql://localhost",
                "http://localhost",
                " postgresql://localhost",
                "postgresql://[::1",
                "postgresql://::1",
                "postgresql://2001:db8::1:5432/shop",
                "postgresql://[::1]x",
                "postgresql://[::1]x:5432",
                "postgresql://[]:5432",
                "postgresql://one:1,two:2/shop"
            })
    void malformedUriIsRefused(String uri) {
        refusalOf(uri);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://ann:" + SECRET + "@localhost?port=0",
                "postgresql://ann:" + SECRET + "@localhost:" + SECRET,
                "postgresql://ann:" + SECRET + "@[::1",
                "postgresql://ann:" + SECRET + "@::1",
                "postgresql://ann:" + SECRET + "%@localhost",
                "postgresql://ann:" + SECRET + "?" + SECRET + "@localhost",
                "postgresql://ann:" + SECRET + "@localhost?unknown=" + SECRET,
                "postgresql://localhost?password=" + SECRET + "&password=" + SECRET,
                "mysql://ann:" + SECRET + "@localhost"
            })
    void refusalRepeatsNothingOfTheUri(String uri) {
        refusalOf(uri);
    }

    private static PgUsageException refusalOf(String uri) {
        PgUsageException failure = catchThrowableOfType(PgUsageException.class, () -> ConnectionUri.parse(uri));
        assertThat(failure).as("refusal").isNotNull();
        assertThat(failure.fault()).isEqualTo(Fault.CALLER);
        assertThat(failure.safeToRetry()).isTrue();
        assertThat(failure.getMessage()).doesNotContain(SECRET);
        assertThat(failure.getCause()).isNull();
        return failure;
    }

    // ---- options of a program

    @ParameterizedTest
    @MethodSource("impossibleOptions")
    void impossibleOptionsAreRefusedBeforeAConnect(Function<PgOptions, PgOptions> change) {
        PgUsageException failure =
                catchThrowableOfType(PgUsageException.class, () -> PgClient.create(change.apply(PgOptions.defaults())));

        assertThat(failure).as("refusal").isNotNull();
        assertThat(failure.fault()).isEqualTo(Fault.CALLER);
    }

    static Stream<Arguments> impossibleOptions() {
        return Stream.of(
                impossible("port 0", options -> options.with(PgOption.PORT, 0)),
                impossible("port 65536", options -> options.with(PgOption.PORT, 65536)),
                impossible("no time", options -> options.with(PgOption.CONNECT_TIMEOUT, Duration.ZERO)),
                impossible("no user", options -> options.with(PgOption.USER, "")),
                impossible("few iterations", options -> options.with(PgOption.SCRAM_MAX_ITERATIONS, 1)),
                impossible("no rows", options -> options.with(PgOption.MAX_ROW_BYTES, 0)),
                impossible("no messages", options -> options.with(PgOption.MAX_MESSAGE_BYTES, 0)),
                impossible("no method", options -> options.with(PgOption.REQUIRE_AUTH, Set.of())));
    }

    private static Arguments impossible(String name, Function<PgOptions, PgOptions> change) {
        return Arguments.of(Named.of(name, change));
    }

    // ---- printed

    @Test
    void optionsHideThePassword() {
        PgOptions options = PgOptions.parse("postgresql://ann:" + SECRET + "@db.example.org/shop");

        assertThat(options.toString())
                .contains("db.example.org", "ann", "shop", "password")
                .doesNotContain(SECRET);
        assertThat(options.with(PgOption.PASSWORD, SECRET + 2).toString()).doesNotContain(SECRET);
    }

    @Test
    void withLeavesTheOriginalAlone() {
        PgOptions original = PgOptions.parse("postgresql://ann@localhost");

        PgOptions changed = original.with(PgOption.USER, "bea");

        assertThat(original.get(PgOption.USER)).isEqualTo("ann");
        assertThat(changed.get(PgOption.USER)).isEqualTo("bea");
    }
}
