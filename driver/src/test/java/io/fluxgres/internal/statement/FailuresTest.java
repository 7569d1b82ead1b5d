package io.fluxgres.internal.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgBackpressureException;
import io.fluxgres.PgConnectionException;
import io.fluxgres.PgConversionException;
import io.fluxgres.PgErrorFields;
import io.fluxgres.PgException;
import io.fluxgres.PgProtocolException;
import io.fluxgres.PgServerException;
import io.fluxgres.PgUsageException;
import io.fluxgres.internal.protocol.BackendReader;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.protocol.MessageLimits;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FailuresTest {

    private static final PgErrorFields SHUTDOWN = new PgErrorFields(Map.of('S', "FATAL", 'C', "57P01", 'M', "bye"));

    @Test
    void anErrorOfTheServerKeepsAllItsFields() {
        BackendReader in = new BackendReader(MessageLimits.DEFAULT);
        Map<Character, String> sent = Map.of('S', "FEHLER", 'V', "ERROR", 'C', "22012", 'M', "division", 'x', "new");
        assertThat(in.next(Unpooled.wrappedBuffer(
                        new BackendMessages().errorResponse(sent).toBytes())))
                .isTrue();
        PgServerException exception = Failures.ofServer(ErrorFields.read(in));
        assertThat(exception.errorFields().asMap()).isEqualTo(sent);
        assertThat(exception.sqlState()).isEqualTo("22012");
        assertThat(exception).hasMessage("ERROR 22012: division");
        assertThat(exception.fault()).isEqualTo(PgException.Fault.CALLER);
    }

    @Test
    void aLostConnectionLeavesTheOutcomeOfAWrittenRequestUnknown() {
        PgConnectionException lost = new PgConnectionException("the connection was lost", false, SHUTDOWN, null);
        PgException failure = Failures.ofRequest(lost, true);
        assertThat(failure).isInstanceOf(PgConnectionException.class).hasCause(lost);
        assertThat(failure).hasMessage("the connection was lost; the outcome of the request is unknown");
        assertThat(failure.safeToRetry()).isFalse();
        assertThat(failure.errorFields()).isSameAs(SHUTDOWN);
        assertThat(failure.sqlState()).isEqualTo("57P01");
    }

    @Test
    void aRequestThatWasNotWrittenIsSafeToRetry() {
        PgConnectionException lost = new PgConnectionException("the connection was lost", false, SHUTDOWN, null);
        PgException failure = Failures.ofRequest(lost, false);
        assertThat(failure).isInstanceOf(PgConnectionException.class).hasCause(lost);
        assertThat(failure).hasMessage("the connection was lost; the request was not sent");
        assertThat(failure.safeToRetry()).isTrue();
        assertThat(failure.errorFields()).isSameAs(SHUTDOWN);
    }

    @Test
    void aViolationIsTheProtocolsFaultForTheWrittenAndANetworkFailureForTheOthers() {
        PgProtocolException violation = new PgProtocolException("nonsense", new RuntimeException());
        PgException written = Failures.ofRequest(violation, true);
        assertThat(written).isInstanceOf(PgProtocolException.class).hasCause(violation);
        assertThat(written.fault()).isEqualTo(PgException.Fault.PROTOCOL);
        assertThat(written.safeToRetry()).isFalse();
        PgException unwritten = Failures.ofRequest(violation, false);
        assertThat(unwritten).isInstanceOf(PgConnectionException.class).hasCause(violation);
        assertThat(unwritten.safeToRetry()).isTrue();
    }

    @Test
    void aRequestThatWasRefusedFailsWithTheRefusalItself() {
        PgUsageException usage = new PgUsageException("a NUL");
        assertThat(Failures.ofRequest(usage, false)).isSameAs(usage);
        PgConversionException conversion = new PgConversionException("out of range", null);
        assertThat(Failures.ofRequest(conversion, false)).isSameAs(conversion);
    }

    @Test
    void aRequestThatWasWrittenWhenTheCallerBrokeTheConnectionHasAnUnknownOutcome() {
        PgUsageException usage = new PgUsageException("client_encoding was changed");
        PgException failure = Failures.ofRequest(usage, true);
        assertThat(failure).isInstanceOf(PgConnectionException.class).hasCause(usage);
        assertThat(failure.safeToRetry()).isFalse();
    }

    @Test
    void aMistakeThatWasFoundBehindTheExecutionIsReportedAsItIs() {
        PgUsageException usage = new PgUsageException("the transaction has ended", false);
        assertThat(Failures.ofRequest(usage, true)).isSameAs(usage);
    }

    @Test
    void aRequestOfWhichAPartWasWrittenIsNotSafeToRetryWhenItGivesWay() {
        PgBackpressureException givingWay = new PgBackpressureException("the query in front does not end", true);
        assertThat(Failures.ofRequest(givingWay, false)).isSameAs(givingWay);
        assertThat(Failures.ofRequest(givingWay, true))
                .isInstanceOf(PgBackpressureException.class)
                .hasMessage("the query in front does not end")
                .matches(failure -> !failure.safeToRetry());
    }
}
