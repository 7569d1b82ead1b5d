package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceholdersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select 1 | 0",
                "select $1 | 1",
                "select $2, $1 | 2",
                "select $12::text | 12",
                "$1 | 1",
                "select '$2', $1 | 1",
                "select 'it''s $2', $1 | 1",
                "select e'\\'$2', $1 | 1",
                "select E'\\\\', $1 | 1",
                "select type'\\', $1 | 1",
                "select \"a$2\"\"$3\", $1 | 1",
                "select a$2, $1 | 1",
                "select $$ $2 $$, $1 | 1",
                "select $a$ $2 $$ $3 $a$, $1 | 1",
                "select $1 /* $2 /* $3 */ $4 */ | 1",
                "select $1 -- $2 | 1",
                "select 4 - $1 / $2 | 2",
                "select '$1 | 0",
                "select $$ $1 | 0",
                "select /* $1 | 0",
                "select $ | 0",
                "select $1' | 1"
            })
    void placeholdersAreThoseThatTheServerSees(String sql, int expected) {
        assertThat(Placeholders.count(sql)).isEqualTo(expected);
    }
}
