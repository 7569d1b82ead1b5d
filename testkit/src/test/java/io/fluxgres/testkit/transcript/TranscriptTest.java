package io.fluxgres.testkit.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranscriptTest {

    @Test
    void commentsAndBlankLinesCountAsLinesOnly() {
        Transcript transcript = Transcript.parse("# why\n\nstartup\n  expect silence 50\n");
        assertThat(transcript.sections().get(0).steps())
                .containsExactly(new Step.Startup(3), new Step.ExpectSilence(4, 50));
    }

    @Test
    void everyConnectionHasItsSteps() {
        Transcript transcript = Transcript.parse("close\nconnection two\nmark a\nconnection\nreset");
        assertThat(transcript.sections())
                .extracting(Transcript.Section::name, section -> section.steps().size())
                .containsExactly(tuple("1", 1), tuple("two", 1), tuple("3", 1));
    }

    @Test
    void aScramFaultIsCalledByItsName() {
        assertThat(Transcript.parse("scram \"pw\" 4096 wrong-signature")
                        .sections()
                        .get(0)
                        .steps())
                .containsExactly(new Step.Scram(1, "pw", 4096, ScramFault.WRONG_SIGNATURE));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', delimiter = '|', textBlock = """
        F Nonsense                          | there is no message Nonsense in this direction
        F ReadyForQuery I                   | there is no message ReadyForQuery in this direction
        F Query                             | Query lacks a field
        F Query "a" "b"                     | "b" is one field too many for Query
        F Query a                           | a must be in quotes or hexadecimal
        F Query "a                          | a string lacks its closing quote
        F Query "a"b                        | a blank is missing in front of b
        F Query "\\q"                       | a backslash stands in front of
        F Query 0x1                         | 1 is not hexadecimal
        F Execute "" many                   | many is no number
        F Parse "" "" int4 25               | this is written Parse "" "" int4 text
        F Parse "" "" int99                 | int99 is neither a known type nor an OID
        F Bind ... ""                       | nothing may follow the three dots
        F Bind "" "" results 1              | this is written Bind "" "" results binary
        F Bind "" "" values "1" formats text | formats is one field too many for Bind
        B ReadyForQuery Idle                | Idle is no single letter
        B RowDescription "a"                | "a" is no column
        B RowDescription "a":int4:text      | this is written RowDescription "a":int4
        B ErrorResponse "M"                 | must be written name=value
        raw 5g                              | 5g is not hexadecimal
        expect nothing                      | what can be expected is close or silence, not nothing
        split                               | split lacks a field
        split 1 2                           | 2 is one word too many
        scram "pw" 1 strange                | strange is no fault of SCRAM
        dance                               | dance is no directive
        """)
    void aLineThatIsNotOfTheGrammarIsRefusedWithItsNumber(String line, String reason) {
        assertThatThrownBy(() -> Transcript.parse("# a comment\n" + line))
                .isInstanceOf(TranscriptException.class)
                .hasMessageStartingWith("line 2: ")
                .hasMessageContaining(reason);
    }

    @Test
    void nothingIsPlayedBehindAReset() {
        assertThatThrownBy(() -> Transcript.parse("reset\nclose"))
                .hasMessage("line 2: nothing of a connection can be played behind its reset or stall");
    }

    @Test
    void aTranscriptWithoutStepsIsRefused() {
        assertThatThrownBy(() -> Transcript.parse("# nothing\n")).isInstanceOf(TranscriptException.class);
    }
}
