package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fluxgres.PgAuthenticationMethod;
import io.fluxgres.PgObserver;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgProtocolVersion;
import io.fluxgres.PgQueryMode;
import io.fluxgres.PgSessionReset;
import io.fluxgres.PgStringType;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class OptionTranslationTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.fluxgres.r2dbc");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    private static PgOptions ofUrl(String query) {
        return OptionTranslation.of(
                        ConnectionFactoryOptions.parse("r2dbc:fluxgres://app:s%20cret@db:6543/shop?" + query))
                .driverOptions();
    }

    private static <T> PgOptions of(String name, T value) {
        return OptionTranslation.of(ConnectionFactoryOptions.builder()
                        .option(ConnectionFactoryOptions.DRIVER, "fluxgres")
                        .option(Option.<T>valueOf(name), value)
                        .build())
                .driverOptions();
    }

    @Test
    void theUrlNamesServerDatabaseAndUser() {
        PgOptions options = ofUrl("applicationName=web");

        assertThat(options.get(PgOption.HOST)).isEqualTo("db");
        assertThat(options.get(PgOption.PORT)).isEqualTo(6543);
        assertThat(options.get(PgOption.DATABASE)).isEqualTo("shop");
        assertThat(options.get(PgOption.USER)).isEqualTo("app");
        assertThat(options.get(PgOption.PASSWORD)).isEqualTo("s cret");
        assertThat(options.get(PgOption.APPLICATION_NAME)).isEqualTo("web");
        assertThat(lines.list).isEmpty();
    }

    @Test
    void eachOptionOfTheDriverIsKnownByItsName() {
        for (PgOption<?> option : PgOption.all()) {
            if (option.defaultValue() != null) {
                assertThat(of(option.name(), option.defaultValue()).isSet(option))
                        .as(option.name())
                        .isTrue();
            }
            assertThat(FluxgresOptions.of(option).name()).isEqualTo(option.name());
        }
        assertThat(lines.list).isEmpty();
    }

    @Test
    void theConstantsAreTheDriversOptionsByTheNamesOfItsConstants() throws IllegalAccessException {
        Map<String, Object> expected =
                new TreeMap<>(Map.of("STRICT_OPTIONS", Option.<Boolean>valueOf("strictOptions")));
        Map<String, Object> constants = new TreeMap<>();
        for (Field field : PgOption.class.getFields()) {
            expected.put(field.getName(), FluxgresOptions.of((PgOption<?>) field.get(null)));
        }
        for (Field field : FluxgresOptions.class.getFields()) {
            constants.put(field.getName(), field.get(null));
        }

        assertThat(constants).isEqualTo(expected).hasSize(PgOption.all().size() + 1);
    }

    @Test
    void theConstantsTakeTypedValues() {
        PgOptions options = OptionTranslation.of(ConnectionFactoryOptions.builder()
                        .option(FluxgresOptions.STATEMENT_TIMEOUT, Duration.ofSeconds(5))
                        .option(FluxgresOptions.PIPELINE_DEPTH, 64)
                        .option(FluxgresOptions.REQUIRE_AUTH, Set.of(PgAuthenticationMethod.SCRAM_SHA_256))
                        .option(FluxgresOptions.TIME_ZONE, ZoneId.of("Asia/Tokyo"))
                        .option(FluxgresOptions.CANCEL_BYTES, 5_000_000_000L)
                        .option(FluxgresOptions.TCP_KEEP_ALIVE, false)
                        .build())
                .driverOptions();

        assertThat(options.get(PgOption.STATEMENT_TIMEOUT)).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.get(PgOption.PIPELINE_DEPTH)).isEqualTo(64);
        assertThat(options.get(PgOption.REQUIRE_AUTH)).containsExactly(PgAuthenticationMethod.SCRAM_SHA_256);
        assertThat(options.get(PgOption.TIME_ZONE)).isEqualTo(ZoneId.of("Asia/Tokyo"));
        assertThat(options.get(PgOption.CANCEL_BYTES)).isEqualTo(5_000_000_000L);
        assertThat(options.get(PgOption.TCP_KEEP_ALIVE)).isFalse();
    }

    @Test
    void aPasswordIsNotPrintedWithTheOptions() {
        assertThat(ConnectionFactoryOptions.builder()
                        .option(FluxgresOptions.PASSWORD, "hidden")
                        .build()
                        .toString())
                .doesNotContain("hidden");
    }

    @ParameterizedTest
    @CsvSource({"10s,10000", "500ms,500", "2m,120000", "PT1.5S,1500", "1h,3600000", "10S,10000"})
    void durationsAreReadAsTheyAreWritten(String text, long milliseconds) {
        assertThat(of("connectTimeout", text).get(PgOption.CONNECT_TIMEOUT)).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connectTimeout", "statementTimeout", "lockWaitTimeout"})
    void aDurationWithoutAUnitIsRefused(String name) {
        for (Object value : new Object[] {"5", 5, 5000L}) {
            assertThatThrownBy(() -> of(name, value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("option " + name)
                    .hasMessageContaining("a time with its unit, as 500ms, 10s");
        }
    }

    @Test
    void severalHostsAreNotSupportedYet() {
        assertThatThrownBy(() -> of("host", "db1:5432,db2:5433"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("several are not supported yet");
    }

    @Test
    void valuesMayHaveTheirClassOrBeText() {
        assertThat(of("connectTimeout", Duration.ofSeconds(3)).get(PgOption.CONNECT_TIMEOUT))
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(of("pipelineDepth", "7").get(PgOption.PIPELINE_DEPTH)).isEqualTo(7);
        assertThat(of("tcpKeepAlive", "TRUE").get(PgOption.TCP_KEEP_ALIVE)).isTrue();
        assertThat(of("timeZone", TimeZone.getTimeZone("Asia/Tokyo")).get(PgOption.TIME_ZONE))
                .isEqualTo(ZoneId.of("Asia/Tokyo"));
        assertThat(of("timeZone", "Asia/Tokyo").get(PgOption.TIME_ZONE)).isEqualTo(ZoneId.of("Asia/Tokyo"));
        assertThat(of("queryMode", "SIMPLE").get(PgOption.QUERY_MODE)).isEqualTo(PgQueryMode.SIMPLE);
        assertThat(of("queryMode", PgQueryMode.AUTO).get(PgOption.QUERY_MODE)).isEqualTo(PgQueryMode.AUTO);
        assertThat(of("stringType", "untyped").get(PgOption.STRING_TYPE)).isEqualTo(PgStringType.UNTYPED);
        for (Object version : new Object[] {PgProtocolVersion.V3_2, "3.2", 3.2}) {
            assertThat(of("maxProtocolVersion", version).get(PgOption.MAX_PROTOCOL_VERSION))
                    .isEqualTo(PgProtocolVersion.V3_2);
        }
        assertThat(of("requireAuth", "SCRAM_SHA_256").get(PgOption.REQUIRE_AUTH))
                .containsExactly(PgAuthenticationMethod.SCRAM_SHA_256);
        assertThat(of("requireAuth", Set.of(PgAuthenticationMethod.MD5)).get(PgOption.REQUIRE_AUTH))
                .containsExactly(PgAuthenticationMethod.MD5);
        PgObserver observer = new PgObserver() {};
        assertThat(of("observer", observer).get(PgOption.OBSERVER)).isSameAs(observer);
        assertThat(of("password", new StringBuilder("secret")).get(PgOption.PASSWORD))
                .isEqualTo("secret");
    }

    @Test
    void aRefusalNamesTheWordsOfAConstant() {
        for (Object value : new Object[] {"prepared", PgSessionReset.ALWAYS, true}) {
            assertThatThrownBy(() -> of("queryMode", value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("option queryMode")
                    .hasMessageContaining("one of extended, simple, auto");
        }
    }

    @Test
    void theWellKnownOptionsOfR2dbcAreMapped() {
        assertThat(of("lockWaitTimeout", Duration.ofSeconds(1)).get(PgOption.LOCK_TIMEOUT))
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(of("statementTimeout", "2s").get(PgOption.STATEMENT_TIMEOUT)).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connectTimeout", "pipelineDepth", "queryMode", "password", "tcpKeepAlive", "observer"})
    void valuesThatCannotBeReadAreRefusedWithoutRepeatingThem(String name) {
        assertThatThrownBy(() -> of(name, name.equals("password") ? List.of("hidden") : "hidden"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageNotContaining("hidden");
    }

    @Test
    void unknownOptionsGiveOneWarning() {
        ofUrl("maxSize=10&initialSize=2&applicationName=web");

        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.WARN);
            assertThat(line.getFormattedMessage()).contains("initialSize", "maxSize");
        });
    }

    @Test
    void strictOptionsRefuseUnknownOnes() {
        assertThatThrownBy(() -> ofUrl("strictOptions=true&pipelineDeph=3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pipelineDeph");
        assertThatCode(() -> ofUrl("strictOptions=true&pipelineDepth=3")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "protocol,''",
        "username,app",
        "autodetectExtensions,true",
        "extensions,x",
        "channelBinding,prefer",
        "channel_binding,disable",
        "compatibilityMode,true",
        "currentSchema,app",
        "schema,app",
        "errorResponseLogLevel,DEBUG",
        "noticeLogLevel,DEBUG",
        "forceBinary,true",
        "hostRecheckTime,10s",
        "loadBalanceHosts,true",
        "targetServerType,ANY",
        "lockWaitTimeout,1s",
        "statementTimeout,1s",
        "loopResources,x",
        "maxMessageSize,1000000",
        "options,search_path=app;work_mem=1MB",
        "preferAttachedBuffers,true",
        "preparedStatementCacheQueries,-1",
        "preparedStatementCacheQueries,0",
        "ssl,false",
        "sslMode,DISABLE",
        "sslmode,prefer",
        "sslNegotiation,postgres",
        "sslnegotiation,postgres",
        "sslRootCert,x",
        "sslCert,x",
        "sslKey,x",
        "sslPassword,x",
        "sslHostnameVerifier,x",
        "sslSni,true",
        "sslContextBuilderCustomizer,x",
        "tcpKeepAlive,true",
        "tcpNoDelay,true",
        "timeZone,UTC"
    })
    void theOptionsOfTheIncumbentAreAccepted(String name, String value) {
        assertThatCode(() -> OptionTranslation.of(ConnectionFactoryOptions.builder()
                        .option(Option.<String>valueOf(name), value)
                        .option(FluxgresOptions.STRICT_OPTIONS, true)
                        .build()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "ssl,true",
        "sslMode,require",
        "sslmode,VERIFY_FULL",
        "channelBinding,require",
        "targetServerType,primary"
    })
    void optionsWithoutWhichToConnectWouldBeDangerousAreRefused(String name, String value) {
        assertThatThrownBy(() -> of(name, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }

    @Test
    void settingsOfTheSessionMayBeAMap() {
        assertThatCode(() -> of("options", Map.of("work_mem", "1MB"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> of("options", "work_mem")).isInstanceOf(IllegalArgumentException.class);
    }
}
