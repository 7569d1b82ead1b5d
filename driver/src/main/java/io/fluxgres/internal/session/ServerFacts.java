package io.fluxgres.internal.session;

import io.fluxgres.PgNotice;
import io.fluxgres.internal.protocol.BackendKeyData;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.statement.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * What the server has told of a session: at startup, with its answers and in between. Learnt on the event loop; what is
 * volatile or a publisher may be had by any thread.
 */
public final class ServerFacts {

    private static final Logger NOTICE_LOG = LoggerFactory.getLogger("io.fluxgres.notice");

    private final ServerParameters parameters = new ServerParameters();
    private final ReportedStatus status = new ReportedStatus();
    private final Sinks.Many<PgNotice> notices = Sinks.many().multicast().directBestEffort();
    private volatile @Nullable BackendKeyData keyData;
    private boolean simpleOnly;

    /**
     * Creates them as long as nothing was told.
     *
     * @param simpleOnly whether only the simple query protocol is to be spoken, whatever the server knows
     */
    public ServerFacts(boolean simpleOnly) {
        this.simpleOnly = simpleOnly;
    }

    /** Startup has ended. */
    public void onStarted(@Nullable BackendKeyData key) {
        keyData = key;
        parameters.onStarted();
    }

    /** The server knows nothing but the simple query protocol. */
    public void onSimpleOnly() {
        simpleOnly = true;
    }

    void onNotice(ErrorFields notice) {
        if (NOTICE_LOG.isDebugEnabled()) {
            NOTICE_LOG.debug("process {}: {}", processId(), notice);
        }
        if (notices.currentSubscriberCount() > 0) {
            notices.tryEmitNext(new PgNotice(Failures.publicFields(notice)));
        }
    }

    /** The session has ended. */
    void onEnd() {
        notices.tryEmitComplete();
    }

    public ServerParameters parameters() {
        return parameters;
    }

    public ReportedStatus status() {
        return status;
    }

    public Flux<PgNotice> notices() {
        return notices.asFlux();
    }

    /** Returns what a cancel names, null if the server gave nothing. */
    @Nullable BackendKeyData keyData() {
        return keyData;
    }

    /** Returns the process that serves the session, 0 if the server did not tell. */
    public int processId() {
        BackendKeyData key = keyData;
        return key == null ? 0 : key.processId();
    }

    /** Whether only the simple query protocol is spoken; does not change once the session is handed out. */
    boolean isSimpleOnly() {
        return simpleOnly;
    }
}
