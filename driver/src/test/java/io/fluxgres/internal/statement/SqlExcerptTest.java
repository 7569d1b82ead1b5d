package io.fluxgres.internal.statement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class SqlExcerptTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select  1.5e-3, 0xFF,\t-7, .5 | select ?, ?, -?, .?",
                "select 'it''s' , E'a\\'b', $1, $a$x'y$a$, $$z$$ | select ? , ?, $1, ?, ?",
                "select t1.\"a'1\", x$2 from t1 -- secret | select t1.\"a'1\", x$2 from t1",
                "/* a /* secret */ b */select/*c*/n | select n",
                "select 'unterminated secret | select ?",
                "select $$unterminated secret | select ?",
                "select U&'secret', B'101', n'x' | select U&?, B?, n?"
            })
    void constantsAndCommentsAreNotShown(String sql, String shown) {
        assertThat(SqlExcerpt.of(sql)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 'a\\' secret '", "select 'a\\'' || 'secret'", "select E'x'\n'y\\' secret'"})
    void nothingIsShownFromWhereAConstantMayEndElsewhere(String sql) {
        assertThat(SqlExcerpt.of(sql)).startsWith("select ?").endsWith("...").doesNotContain("secret");
    }

    @Test
    void aLongTextIsShortened() {
        String smile = "\uD83D\uDE00";
        assertThat(SqlExcerpt.of("select x" + smile.repeat(500)))
                .startsWith("select x" + smile)
                .endsWith(smile + " ...")
                .hasSizeLessThan(210);
        assertThat(SqlExcerpt.of("select '" + "x".repeat(100_000) + "', n")).isEqualTo("select ?, n");
    }
}
