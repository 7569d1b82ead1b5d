package io.fluxgres.internal.session;

import io.fluxgres.PgException;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.net.Wire;
import io.fluxgres.internal.protocol.BackendMessage;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.ProtocolViolation;
import io.fluxgres.internal.protocol.Signal;
import io.fluxgres.internal.protocol.TransactionStatus;
import io.fluxgres.internal.statement.Failures;
import io.fluxgres.internal.statement.ServerAbility;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the server write floats in text with all their digits, whatever its configuration, the role or the database says: by a
 * SET in front of the first flight of a session, and behind each reset, which undoes it. Nobody waits for the answer, and a
 * server that refuses it costs nobody a request; that is remembered.
 *
 * <p>Confined to the event loop.
 */
public final class FloatDigits {

    private static final Logger LOG = LoggerFactory.getLogger("io.fluxgres.connection");

    /** From this version on the server takes any positive number for as many digits as there are, which is the default. */
    private static final int FIRST_EXACT_VERSION = 12;

    private static final String SQL = "set extra_float_digits = 1";
    private static final String IN_FAILED_TRANSACTION = "25P02";

    private final ServerAbility ability;
    /** Null as long as nothing is to be set. */
    private @Nullable Wire wire;

    private int unanswered;

    /** @param ability whether the server accepts the SET */
    FloatDigits(ServerAbility ability) {
        this.ability = ability;
    }

    /**
     * Whether a session is to be set so: not behind a pooler that shares sessions by transaction, where a SET reaches some
     * other session, and only on what reports parameters as PostgreSQL does.
     */
    public static boolean mayBeSet(SessionSettings settings, Map<String, String> reported) {
        return settings.cacheSize() > 0
                && reported.containsKey("IntervalStyle")
                && majorVersion(reported.getOrDefault("server_version", "")) >= FIRST_EXACT_VERSION;
    }

    private static int majorVersion(String version) {
        int end = 0;
        while (end < version.length() && end < 4 && Character.digit(version.charAt(end), 10) >= 0) {
            end++;
        }
        return end == 0 ? 0 : Integer.parseInt(version.substring(0, end));
    }

    /** Sets it in front of what is submitted from now on. */
    public void begin(Wire connected) {
        wire = connected;
        set();
    }

    /** A reset was submitted: sets it behind that. */
    void set() {
        if (wire != null && !ability.isRefused()) {
            unanswered++;
            wire.submit(new Setting());
        }
    }

    /** A reset is being written: sets it directly behind that. */
    void setNext() {
        if (wire != null && !ability.isRefused()) {
            unanswered++;
            wire.resubmit(new Setting());
        }
    }

    /** Returns how many of the exchanges that the wire has are its own. */
    public int unanswered() {
        return unanswered;
    }

    /**
     * One SET.
     *
     * <pre>
     * set = (CommandComplete | ErrorResponse) ReadyForQuery
     * </pre>
     */
    private final class Setting implements Exchange, BackendState {

        private boolean answered;
        private TransactionStatus status = TransactionStatus.IDLE;

        @Override
        public boolean isWithdrawn() {
            return false;
        }

        @Override
        public boolean isIncidental() {
            return true;
        }

        @Override
        public BackendState write(FrontendWriter out) {
            out.query(SQL);
            return this;
        }

        @Override
        public Signal onMessage(BackendReader in, FrontendWriter out) {
            byte type = in.type();
            if (type == BackendMessage.READY_FOR_QUERY && answered) {
                status = TransactionStatus.read(in);
                return Signal.DONE;
            }
            if (type == BackendMessage.COMMAND_COMPLETE && !answered) {
                in.readCString();
            } else if (type == BackendMessage.ERROR_RESPONSE && !answered) {
                onError(ErrorFields.read(in));
            } else {
                throw new ProtocolViolation("the server answered a SET with " + BackendMessage.name(type)
                        + (answered ? " behind its end" : ""));
            }
            answered = true;
            return Signal.CONTINUE;
        }

        /** In a transaction that has failed any SET is refused, and the reset in front of it was too or is rolled back. */
        private void onError(ErrorFields error) {
            if (!error.sqlState().equals(IN_FAILED_TRANSACTION) && !Failures.isPassing(Failures.ofServer(error))) {
                ability.onRefused();
                LOG.debug("the server refuses \"{}\": it may round floats in text ({})", SQL, error);
            }
        }

        @Override
        public TransactionStatus transactionStatus() {
            return status;
        }

        @Override
        public void onReady(TransactionStatus ready) {
            unanswered--;
        }

        @Override
        public void onFailure(PgException reason, boolean written) {
            unanswered--;
        }
    }
}
