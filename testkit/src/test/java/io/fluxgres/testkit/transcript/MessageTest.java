package io.fluxgres.testkit.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', delimiter = '|', textBlock = """
        Query "a"                       | Query "a"
        Query *                         | Query "a"
        Query *"b"                      | Query "a"
        Query 0x61                      | Query "a"
        Query ...                       | Query "a"
        Bind "" ...                     | Bind "" "s" values "1"
        Bind "" "s" values * "2"        | Bind "" "s" values "1" "2"
        RowDescription *"x":int4        | RowDescription "a":int4
        RowDescription * "b":*int8      | RowDescription "a":int4 "b":int4
        StartupMessage 3.0 b="2" a="1"  | StartupMessage 3.0 a="1" b="2"
        StartupMessage 3.0 b="2" ...    | StartupMessage 3.0 a="1" b="2"
        ErrorResponse C="1" M=* ...     | ErrorResponse S="E" C="1" M="x"
        """)
    void aMessageThatFitsIsAccepted(String expected, String received) {
        assertThat(LineParser.message(expected).accepts(LineParser.message(received)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', delimiter = '|', textBlock = """
        Query "a"                       | Query "b"
        Query *                         | Parse "a"
        Query a                         | Query "a"
        Flush                           | Flush "a"
        Bind "" * "" ...                | Bind "" "s"
        Bind "" "s" values *            | Bind "" "s" values "1" "2"
        RowDescription *"x":int4        | RowDescription "a":int8
        RowDescription "a":int4         | RowDescription "a":int4:binary
        StartupMessage 3.0 a="1"        | StartupMessage 3.0 a="1" b="2"
        StartupMessage 3.0 a="1" b="2"  | StartupMessage 3.0 a="1"
        StartupMessage 3.0 a="1" b="2"  | StartupMessage 3.0 a="1" c="2"
        ErrorResponse C="1" ...         | ErrorResponse C="2" M="x"
        """)
    void aMessageThatDiffersIsNot(String expected, String received) {
        assertThat(LineParser.message(expected).accepts(LineParser.message(received)))
                .isFalse();
    }

    @Test
    void aLongValueIsShownByItsBeginning() {
        Message message = LineParser.message("Query \"%s\"".formatted("x".repeat(1000)));
        assertThat(message.toString()).hasSizeLessThan(500).endsWith("\"... (1000 bytes)");
    }
}
