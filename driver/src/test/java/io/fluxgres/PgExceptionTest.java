package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgException.Fault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class PgExceptionTest {

    private static final PgErrorFields FIELDS = new PgErrorFields(Map.of('V', "FATAL", 'C', "57P01", 'M', "bye"));
    private static final Throwable CAUSE = new IllegalStateException("cause");

    /** Each exception, who is at fault, whether it is safe to retry, and its SQLSTATE. */
    private static Stream<Arguments> exceptions() {
        return Stream.of(
                Arguments.of(new PgAuthenticationException(Fault.SERVER, "m", CAUSE), Fault.SERVER, true, null),
                Arguments.of(new PgAuthenticationException(Fault.CALLER, "m", CAUSE), Fault.CALLER, true, null),
                Arguments.of(new PgBackpressureException("m", true), Fault.CALLER, true, null),
                Arguments.of(new PgBackpressureException("m", false), Fault.CALLER, false, null),
                Arguments.of(PgBatchException.ofItem(7, new PgServerException(FIELDS)), Fault.SERVER, false, "57P01"),
                Arguments.of(PgBatchException.atCommit(new PgRollbackException("m", true)), Fault.CALLER, true, null),
                Arguments.of(new PgConnectionException("m", true, null, CAUSE), Fault.NETWORK, true, null),
                Arguments.of(new PgConnectionException("m", false, FIELDS, CAUSE), Fault.NETWORK, false, "57P01"),
                Arguments.of(new PgConversionException("m", CAUSE), Fault.CALLER, false, null),
                Arguments.of(new PgProtocolException("m", CAUSE), Fault.PROTOCOL, false, null),
                Arguments.of(new PgRollbackException("m", true), Fault.CALLER, true, null),
                Arguments.of(new PgRollbackException("m", false), Fault.CALLER, false, null),
                Arguments.of(new PgServerException(FIELDS), Fault.SERVER, false, "57P01"),
                Arguments.of(new PgTimeoutException("m", true, null), Fault.CALLER, true, null),
                Arguments.of(new PgTimeoutException("m", false, CAUSE), Fault.CALLER, false, null),
                Arguments.of(new PgUsageException("m", CAUSE), Fault.CALLER, true, null));
    }

    @ParameterizedTest
    @CsvSource({
        "42601, CALLER",
        "22P02, CALLER",
        "23505, CALLER",
        "25P02, CALLER",
        "0A000, CALLER",
        "P0001, CALLER",
        "28P01, SERVER",
        "40001, SERVER",
        "53300, SERVER",
        "57014, SERVER",
        "XX000, SERVER",
        "'', SERVER",
        "4, SERVER"
    })
    void theFaultOfAServersErrorGoesByItsClass(String sqlState, Fault fault) {
        PgServerException error = new PgServerException(new PgErrorFields(Map.of('C', sqlState)));

        assertThat(error.fault()).isEqualTo(fault);
    }

    @ParameterizedTest
    @MethodSource("exceptions")
    void anExceptionTellsWhoIsAtFaultAndWhetherTheRequestCanBeRepeated(
            PgException exception, Fault fault, boolean safeToRetry, String sqlState) {
        assertThat(exception.fault()).isEqualTo(fault);
        assertThat(exception.safeToRetry()).isEqualTo(safeToRetry);
        assertThat(exception.sqlState()).isEqualTo(sqlState);
        assertThat(exception.errorFields()).isEqualTo(sqlState == null ? null : FIELDS);
    }

    @ParameterizedTest
    @MethodSource("exceptions")
    void anExceptionSurvivesSerialization(PgException exception, Fault fault, boolean safeToRetry, String sqlState)
            throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(exception);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            PgException read = (PgException) in.readObject();
            assertThat(read).hasSameClassAs(exception).hasMessage(exception.getMessage());
            assertThat(read.fault()).isEqualTo(fault);
            assertThat(read.safeToRetry()).isEqualTo(safeToRetry);
            assertThat(read.sqlState()).isEqualTo(sqlState);
        }
    }

    @Test
    void theFailureOfABatchNamesTheItem() {
        assertThat(PgBatchException.ofItem(7, new PgUsageException("m")))
                .hasMessage("item 7 of the batch failed: m")
                .hasCauseInstanceOf(PgUsageException.class)
                .extracting(PgBatchException::index)
                .isEqualTo(7L);
        assertThat(PgBatchException.atCommit(new PgUsageException("m")))
                .hasMessage("the batch could not be committed: m")
                .extracting(PgBatchException::index)
                .isEqualTo(PgBatchException.COMMIT);
    }

    @Test
    void everyExceptionIsTestedHere() {
        assertThat(Arrays.stream(PgException.class.getPermittedSubclasses()))
                .containsExactlyInAnyOrderElementsOf(exceptions()
                        .map(arguments -> arguments.get()[0].getClass())
                        .distinct()
                        .toList());
    }

    @Test
    void theErrorOfTheServerIsAlwaysAtHand() {
        assertThat(new PgServerException(FIELDS).errorFields()).isSameAs(FIELDS);
        assertThat(new PgServerException(FIELDS).sqlState()).isEqualTo("57P01");
        assertThat(new PgServerException(new PgErrorFields(Map.of())).sqlState())
                .isEmpty();
    }
}
