package io.fluxgres.internal.statement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterScanTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select 1 | 0",
                "select $1, $3, $2 | 3",
                "select $1 -- $2 | 1",
                "select '$2', \"$3\", $1 /* $4 */ | 1",
                "select $$ $2 $$, $a$ $3 $a$ | 0",
                "select E'\\' $2', $1 | 1",
                "select a$2 | 0",
                "select $0 | 0",
                "select $65535 | 65535",
                "select $99999999999 | 2147483647"
            })
    void theHighestNumberCounts(String sql, int highest) {
        assertThat(ParameterScan.highest(sql)).isEqualTo(highest);
    }
}
