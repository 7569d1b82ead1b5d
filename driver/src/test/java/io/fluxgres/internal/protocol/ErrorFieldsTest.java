package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Wire.cString;
import static io.fluxgres.internal.protocol.Wire.errorResponse;
import static io.fluxgres.internal.protocol.Wire.int8;
import static io.fluxgres.internal.protocol.Wire.message;
import static io.fluxgres.internal.protocol.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorFieldsTest {

    @Test
    void readsAllFieldsInTheOrderOfTheServer() {
        ErrorFields fields = read(errorResponse(
                "SFEHLER",
                "VERROR",
                "C23505",
                "Mduplicate key",
                "DKey (id)=(1) already exists.",
                "Hhint",
                "P8",
                "p3",
                "qselect 1",
                "Wcontext",
                "spublic",
                "tbook",
                "ctitle",
                "dtext",
                "nbook_pkey",
                "Fnbtinsert.c",
                "L673",
                "R_bt_check_unique"));

        assertThat(fields.asMap().keySet())
                .containsExactly(
                        'S', 'V', 'C', 'M', 'D', 'H', 'P', 'p', 'q', 'W', 's', 't', 'c', 'd', 'n', 'F', 'L', 'R');
        assertThat(fields.severity()).isEqualTo("ERROR");
        assertThat(fields.sqlState()).isEqualTo("23505");
        assertThat(fields.message()).isEqualTo("duplicate key");
        assertThat(fields.field('n')).isEqualTo("book_pkey");
        assertThat(fields.field('z')).isNull();
        assertThat(fields.isFatal()).isFalse();
        assertThat(fields).hasToString("ERROR 23505: duplicate key");
    }

    @Test
    void theTerminatorOfTheListMayBeMissing() {
        ErrorFields fields = read(message('E', cString("SERROR"), cString("C42601")));

        assertThat(fields.sqlState()).isEqualTo("42601");
    }

    @Test
    void anEmptyBodyIsAnErrorWithoutFields() {
        for (byte[] empty : new byte[][] {message('E'), message('E', int8(0))}) {
            ErrorFields fields = read(empty);

            assertThat(fields.asMap()).isEmpty();
            assertThat(fields.severity()).isEmpty();
            assertThat(fields.sqlState()).isEmpty();
            assertThat(fields.message()).isEmpty();
            assertThat(fields.isFatal()).isFalse();
        }
    }

    @Test
    void aFieldWithoutItsTerminatorIsAViolation() {
        assertThatThrownBy(() -> read(message('E', cString("SERROR"), text("C426"))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent ErrorResponse with a string without its terminator");
        assertThatThrownBy(() -> read(message('E', text("S")))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void bytesBehindTheTerminatorOfTheListAreAViolation() {
        assertThatThrownBy(() -> read(message('E', cString("SERROR"), int8(0), cString("C42601"))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageEndingWith("7 bytes behind its last field");
    }

    @Test
    void ofARepeatedFieldTheFirstCounts() {
        assertThat(read(errorResponse("C23505", "C42601")).sqlState()).isEqualTo("23505");
    }

    @Test
    void unknownAndUnprintableFieldCodesAreKept() {
        ErrorFields fields =
                read(message('E', cString("zfuture"), int8(0xe9), cString("x"), int8(1), cString(""), int8(0)));

        assertThat(fields.asMap())
                .containsEntry('z', "future")
                .containsEntry('é', "x")
                .containsEntry('\u0001', "");
    }

    @Test
    void textThatIsNotUtf8IsReadWithReplacementCharacters() {
        assertThat(read(message('E', text("M"), new byte[] {'a', (byte) 0xe4, 'b', 0, 0}))
                        .message())
                .isEqualTo("a\uFFFDb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FATAL", "PANIC"})
    void theseSeveritiesEndTheSession(String severity) {
        assertThat(read(errorResponse("SSCHWERWIEGEND", "V" + severity)).isFatal())
                .isTrue();
        assertThat(read(errorResponse("S" + severity)).isFatal()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"FATAL, ERROR", "PANIC, WARNING", "ERROR, ERROR", "FATAL, fatal"})
    void theSeverityThatIsNotLocalizedDecides(String localized, String severity) {
        assertThat(read(errorResponse("S" + localized, "V" + severity)).isFatal())
                .isFalse();
    }

    @Test
    void cannotBeChanged() {
        assertThatThrownBy(() -> read(errorResponse("SERROR")).asMap().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private static ErrorFields read(byte[] message) {
        return Bodies.read(message, ErrorFields::read);
    }
}
