package io.fluxgres.internal.connect;

import io.fluxgres.PgAuthenticationMethod;
import io.fluxgres.PgConnection;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgQueryMode;
import io.fluxgres.internal.codec.CodecRegistry;
import io.fluxgres.internal.net.Connector;
import io.fluxgres.internal.net.DiscardLimits;
import io.fluxgres.internal.net.PipelineLimits;
import io.fluxgres.internal.net.TcpOptions;
import io.fluxgres.internal.net.WireLimits;
import io.fluxgres.internal.protocol.MessageLimits;
import io.fluxgres.internal.protocol.ProtocolVersion;
import io.fluxgres.internal.protocol.StartupParameters;
import io.fluxgres.internal.protocol.StartupState;
import io.fluxgres.internal.protocol.auth.AuthenticationMethod;
import io.fluxgres.internal.protocol.auth.AuthenticationPolicy;
import io.fluxgres.internal.query.CallRouter;
import io.fluxgres.internal.query.ClientScope;
import io.fluxgres.internal.query.LentSession;
import io.fluxgres.internal.query.SessionConnection;
import io.fluxgres.internal.row.SpoolBudget;
import io.fluxgres.internal.session.ServerAbilities;
import io.fluxgres.internal.session.ServerFacts;
import io.fluxgres.internal.session.Session;
import io.fluxgres.internal.session.SessionObserver;
import io.fluxgres.internal.session.SessionPeer;
import io.fluxgres.internal.session.SessionSettings;
import io.fluxgres.internal.statement.SessionCodecs;
import io.fluxgres.internal.statement.StatementCache;
import io.fluxgres.internal.statement.StatementHints;
import io.netty.util.concurrent.EventExecutor;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** Makes the sessions of one set of options and holds what they share. May be used by any thread. */
public final class SessionFactory {

    private static final int NONCE_LENGTH = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final PgOptions options;
    private final SessionSettings settings;
    private final CodecRegistry codecs;
    /** What values are bound with before there is a session. */
    private final SessionCodecs codecsWithoutSession;

    private final Connector connector;
    private final WireLimits limits;
    private final AtomicLong spooledBytes = new AtomicLong();
    private final StatementHints hints = new StatementHints();
    private final ServerAbilities abilities = new ServerAbilities();
    private final LatestSaltedPassword latestSaltedPassword = new LatestSaltedPassword();
    private final LockTimeout lockTimeout;
    private final AuthenticationPolicy policy;

    public SessionFactory(PgOptions options) {
        this.options = options;
        this.settings = SessionSettings.of(options);
        this.codecs = CodecRegistry.of(List.of());
        this.codecsWithoutSession = new SessionCodecs(codecs, options.require(PgOption.STRING_TYPE), Map.of());
        this.connector = new Connector(
                options.require(PgOption.HOST),
                options.require(PgOption.PORT),
                options.get(PgOption.SOCKET),
                options.require(PgOption.CONNECT_TIMEOUT),
                tcpOptions(options),
                options.require(PgOption.QUERY_MODE) != PgQueryMode.EXTENDED);
        this.limits = limits(options);
        this.lockTimeout = new LockTimeout(options.get(PgOption.LOCK_TIMEOUT), abilities.lockTimeoutAtStartup());
        this.policy = policy(options, connector.isLocal());
    }

    private static TcpOptions tcpOptions(PgOptions options) {
        return new TcpOptions(
                options.require(PgOption.TCP_KEEP_ALIVE),
                options.get(PgOption.KEEP_ALIVE_IDLE),
                options.get(PgOption.KEEP_ALIVE_INTERVAL),
                options.get(PgOption.KEEP_ALIVE_COUNT),
                options.get(PgOption.TCP_USER_TIMEOUT));
    }

    private static WireLimits limits(PgOptions options) {
        return new WireLimits(
                new MessageLimits(
                        MessageLimits.DEFAULT.beforeAuthentication(),
                        options.require(PgOption.MAX_ROW_BYTES),
                        options.require(PgOption.MAX_MESSAGE_BYTES)),
                new PipelineLimits(options.require(PgOption.PIPELINE_DEPTH), options.require(PgOption.PIPELINE_BYTES)),
                new DiscardLimits(
                        options.require(PgOption.CANCEL_BYTES),
                        options.require(PgOption.CANCEL_DELAY),
                        options.require(PgOption.DRAIN_BYTES),
                        options.require(PgOption.DRAIN_TIMEOUT)));
    }

    /** Returns what the next session asks for. */
    StartupParameters startupParameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", options.require(PgOption.USER));
        String database = options.get(PgOption.DATABASE);
        if (database != null) {
            parameters.put("database", database);
        }
        parameters.put("client_encoding", "UTF8");
        parameters.put("DateStyle", "ISO");
        parameters.put("TimeZone", TimeZoneName.of(options.require(PgOption.TIME_ZONE)));
        parameters.put("application_name", options.require(PgOption.APPLICATION_NAME));
        parameters.putAll(lockTimeout.parameter());
        int version = switch (options.require(PgOption.MAX_PROTOCOL_VERSION)) {
            case V3_0 -> ProtocolVersion.V3_0;
            case V3_2 -> ProtocolVersion.V3_2;
        };
        return new StartupParameters(version, parameters);
    }

    private static AuthenticationPolicy policy(PgOptions options, boolean local) {
        Set<AuthenticationMethod> allowed = EnumSet.noneOf(AuthenticationMethod.class);
        for (PgAuthenticationMethod method : options.require(PgOption.REQUIRE_AUTH)) {
            allowed.add(
                    switch (method) {
                        case NONE -> AuthenticationMethod.NONE;
                        case PASSWORD -> AuthenticationMethod.PASSWORD;
                        case MD5 -> AuthenticationMethod.MD5;
                        case SCRAM_SHA_256 -> AuthenticationMethod.SCRAM_SHA_256;
                    });
        }
        boolean cleartext = local || options.require(PgOption.ALLOW_CLEARTEXT_PASSWORD);
        return new AuthenticationPolicy(allowed, cleartext, options.require(PgOption.SCRAM_MAX_ITERATIONS));
    }

    /** Returns a new session for each subscription. */
    public Mono<PgConnection> connect() {
        return attempt(null).map(SessionConnection::new);
    }

    /**
     * Returns a new session to be lent for each subscription.
     *
     * @param loop one of {@link #loops} that it is to live on, null for the next in turn
     */
    public Mono<LentSession> connectOn(@Nullable EventExecutor loop) {
        return attempt(loop).map(LentSession::new);
    }

    private Mono<Session> attempt(@Nullable EventExecutor loop) {
        return oneAttempt(loop).onErrorResume(lockTimeout::isRefused, refusal -> oneAttempt(loop));
    }

    private Mono<Session> oneAttempt(@Nullable EventExecutor loop) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Session> subscriber) {
                new ConnectAttempt(SessionFactory.this, loop, subscriber).start();
            }
        };
    }

    /** Returns the event loops that sessions live on. */
    public static List<EventExecutor> loops() {
        return Connector.loops();
    }

    /** Returns what makes queries whose executions are routed; the second router serves what wants a session for itself. */
    public ClientScope scope(CallRouter router, CallRouter exclusively) {
        return new ClientScope(
                codecsWithoutSession,
                router,
                exclusively,
                false,
                options.require(PgOption.FETCH_SIZE),
                options.get(PgOption.STATEMENT_TIMEOUT));
    }

    Session newSession() {
        ServerFacts server = new ServerFacts(settings.simpleOnly());
        return new Session(
                settings,
                new SessionPeer(connector, settings.database(), SessionObserver.of(options.get(PgOption.OBSERVER))),
                server,
                new SessionCodecs(
                        codecs,
                        options.require(PgOption.STRING_TYPE),
                        server.parameters().values()),
                new StatementCache(settings.cacheSize(), settings.prepareThreshold(), hints),
                newSpoolBudget(),
                abilities);
    }

    StartupState newStartup(StartupParameters asked) {
        byte[] nonce = new byte[NONCE_LENGTH];
        RANDOM.nextBytes(nonce);
        return new StartupState(asked, policy, Base64.getEncoder().encodeToString(nonce));
    }

    LockTimeout lockTimeout() {
        return lockTimeout;
    }

    Connector connector() {
        return connector;
    }

    WireLimits limits() {
        return limits;
    }

    LatestSaltedPassword latestSaltedPassword() {
        return latestSaltedPassword;
    }

    private SpoolBudget newSpoolBudget() {
        return new SpoolBudget(
                options.require(PgOption.SPOOL_BYTES), spooledBytes, options.require(PgOption.SPOOL_TOTAL_BYTES));
    }

    public PgOptions options() {
        return options;
    }

    Duration deadline() {
        return options.require(PgOption.CONNECT_TIMEOUT);
    }
}
