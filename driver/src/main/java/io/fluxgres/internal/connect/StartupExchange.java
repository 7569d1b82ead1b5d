package io.fluxgres.internal.connect;

import io.fluxgres.PgAuthenticationException;
import io.fluxgres.PgException;
import io.fluxgres.PgOption;
import io.fluxgres.PgOptions;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.net.Exchange;
import io.fluxgres.internal.net.Wire;
import io.fluxgres.internal.protocol.BackendKeyData;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.BackendState;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Need;
import io.fluxgres.internal.protocol.Signal;
import io.fluxgres.internal.protocol.StartupState;
import io.fluxgres.internal.protocol.TransactionStatus;
import io.fluxgres.internal.protocol.auth.AuthenticationRefused;
import io.fluxgres.internal.statement.Failures;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The first exchange of a connection: from StartupMessage to the first ReadyForQuery. What costs time, the salted
 * password, is computed on a worker while reading stands still, unless the connection before needed the same.
 */
final class StartupExchange implements Exchange, BackendState {

    /** Told once how startup ended, on the event loop. */
    public interface Listener {

        void onStarted(@Nullable BackendKeyData keyData);

        void onStartupFailed(PgException reason);
    }

    private final Wire wire;
    private final StartupState state;
    private final PgOptions options;
    private final LatestSaltedPassword latestSaltedPassword;
    private final Scheduler worker;
    private final Listener listener;

    private @Nullable FrontendWriter out;
    /** Read by the worker, which gives up when nobody waits for it. */
    private volatile boolean ended;

    StartupExchange(
            Wire wire,
            StartupState state,
            PgOptions options,
            LatestSaltedPassword latestSaltedPassword,
            Scheduler worker,
            Listener listener) {
        this.wire = wire;
        this.state = state;
        this.options = options;
        this.latestSaltedPassword = latestSaltedPassword;
        this.worker = worker;
        this.listener = listener;
    }

    @Override
    public boolean isWithdrawn() {
        return ended;
    }

    @Override
    public boolean takesFatalErrors() {
        return true;
    }

    @Override
    public BackendState write(FrontendWriter writer) {
        out = writer;
        state.begin(writer);
        return this;
    }

    /** Lets the state consume the message and ends the connection where the state refuses to go on. */
    @Override
    public Signal onMessage(BackendReader in, FrontendWriter writer) {
        Signal signal;
        try {
            signal = state.onMessage(in, writer);
        } catch (AuthenticationRefused refused) {
            PgException.Fault fault = refused.fault() == AuthenticationRefused.Fault.SERVER
                    ? PgException.Fault.SERVER
                    : PgException.Fault.CALLER;
            throw new PgAuthenticationException(fault, String.valueOf(refused.getMessage()), refused);
        }
        ErrorFields error = state.error();
        if (error != null) {
            throw Failures.ofServer(error);
        }
        return signal;
    }

    @Override
    public TransactionStatus transactionStatus() {
        return state.transactionStatus();
    }

    @Override
    public void onAwait() {
        String password = options.get(PgOption.PASSWORD);
        if (password == null) {
            wire.fail(new PgAuthenticationException(
                    PgException.Fault.CALLER, "the server asks for a password and none was given", null));
            return;
        }
        Need need = state.need();
        if (need instanceof Need.SaltedPassword salted) {
            byte[] known = latestSaltedPassword.get(password, salted);
            if (known == null) {
                worker.schedule(() -> computeSaltedPassword(password, salted));
            } else {
                resume(known);
            }
        } else {
            resume(password.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void computeSaltedPassword(String password, Need.SaltedPassword need) {
        try {
            byte[] salted = ScramKeys.saltedPassword(password, need.salt(), need.iterations(), () -> ended);
            latestSaltedPassword.keep(password, need, salted);
            wire.execute(() -> resume(salted));
        } catch (CancellationException e) {
            // nobody waits for the answer any more
        } catch (RuntimeException e) {
            wire.fail(new PgAuthenticationException(
                    PgException.Fault.CALLER,
                    "the password could not be hashed: " + e.getClass().getName(),
                    e));
        }
    }

    private void resume(byte[] answer) {
        if (ended || out == null) {
            return;
        }
        try {
            state.resume(answer, out);
            wire.resume(this);
        } catch (RuntimeException e) {
            wire.fail(new PgUsageException("the password cannot be sent: " + e.getMessage(), e));
        }
    }

    @Override
    public void onReady(TransactionStatus status) {
        ended = true;
        listener.onStarted(state.backendKeyData());
    }

    @Override
    public void onFailure(PgException reason, boolean written) {
        ended = true;
        listener.onStartupFailed(reason);
    }
}
