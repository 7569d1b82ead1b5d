package io.fluxgres.internal.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fluxgres.PgConversionException;
import io.fluxgres.PgParameter;
import io.fluxgres.PgStringType;
import io.fluxgres.PgUsageException;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.codec.CodecRegistry;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralSqlTest {

    private final SessionCodecs codecs = new SessionCodecs(CodecRegistry.of(List.of()), PgStringType.AUTO, Map.of());

    @Test
    void valuesBecomeConstantsWithTheirTypes() {
        assertThat(render("select $1, $2, $3", 5, new BigDecimal("1.50"), true))
                .isEqualTo("select (5::int4), (1.50), ('t'::bool)");
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                arguments((short) 5, "(5::int2)"),
                arguments(Short.MIN_VALUE, "((-32768)::int2)"),
                arguments(Integer.MIN_VALUE, "((-2147483648)::int4)"),
                arguments(Long.MIN_VALUE, "((-9223372036854775808)::int8)"),
                arguments(new BigDecimal("1234.56"), "(1234.56)"),
                arguments(new BigDecimal("-1234.50"), "(-1234.50)"),
                arguments(new BigDecimal("5"), "(5::numeric)"),
                arguments(new BigDecimal("-5"), "(-5::numeric)"),
                arguments(1.5, "(1.5::float8)"),
                arguments(-0.0, "(-0.0::float8)"),
                arguments(1e300, "(1.0E300::float8)"),
                arguments(-1.5f, "(-1.5::float4)"),
                arguments(Double.NaN, "('NaN'::float8)"),
                arguments(Double.NEGATIVE_INFINITY, "('-Infinity'::float8)"),
                arguments(Float.POSITIVE_INFINITY, "('Infinity'::float4)"));
    }

    /** A server whose plain numeric has no digits behind the point would round by the cast. */
    @ParameterizedTest
    @MethodSource("numbers")
    void numbersAreBareConstants(Object value, String constant) {
        assertThat(render("select 1-$1", value)).isEqualTo("select 1-" + constant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1); drop table t --", "1.5", "1 ", "", "--1", "0x1", "1e", "+1", "\u0661"})
    void whatOnlyPretendsToBeAnIntegerIsQuoted(String value) {
        assertThat(render("select $1", PgParameter.of(PgType.INT4, value))).isEqualTo("select ('" + value + "'::int4)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1); drop table t --", "1.", ".5", "1e", "1e+", "NaN", "-", "1.5.5", "1\n"})
    void whatOnlyPretendsToBeANumericIsQuoted(String value) {
        assertThat(render("select $1", PgParameter.of(PgType.NUMERIC, value)))
                .isEqualTo("select ('" + value + "'::numeric)");
    }

    @Test
    void aStringHasNoTypeSoThatTheServerInfersItAsForAConstant() {
        assertThat(render("select $1", "x")).isEqualTo("select ('x')");
    }

    @Test
    void nullKeepsItsDeclaredType() {
        assertThat(render("select $1, $2", null, PgParameter.of(PgType.UUID, null)))
                .isEqualTo("select (null), (null::uuid)");
    }

    @Test
    void aNegativeNumberBehindAMinusSignIsNoComment() {
        assertThat(render("select 1-$1", -1)).isEqualTo("select 1-((-1)::int4)");
    }

    @Test
    void quotesAreDoubledAndBackslashesAreOrdinary() {
        assertThat(render("select $1", "it's \\' over'; drop table t --"))
                .isEqualTo("select ('it''s \\'' over''; drop table t --')");
    }

    @Test
    void parametersOfTwoDigitsAreNotThoseOfOne() {
        Object[] values = new Object[11];
        for (int i = 0; i < values.length; i++) {
            values[i] = UUID.fromString("00000000-0000-0000-0000-0000000000" + (10 + i));
        }
        assertThat(render("select $11, $1", values))
                .isEqualTo("select ('00000000-0000-0000-0000-000000000020'::uuid),"
                        + " ('00000000-0000-0000-0000-000000000010'::uuid)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select '$1'",
                "select 'it''s $1'",
                "select E'it\\'s $1'",
                "select e'\\\\' , E'a''b\\'$1'",
                "select \"$1\"",
                "select \"a\"\"$1\"",
                "select E'a'\n'\\' $1 '",
                "select e'a' -- note\n\t -- $1\n 'b\\' $1 '",
                "select $$ $1 $$",
                "select $tag$ $1 $$ $1 $tag$",
                "select $a$ $b$ $1 $b$ $1 $a$",
                "select 1 -- $1",
                "select 1 /* $1 /* $1 */ $1 */",
                "select a$1 from t",
                "select 'unterminated $1",
                "select $unterminated$ $1",
                "select /* $1"
            })
    void whatOnlyLooksLikeAParameterIsLeftAlone(String sql) {
        assertThat(render(sql, "value")).isEqualTo(sql);
    }

    @Test
    void parametersBehindAllKindsOfQuotingAreReplaced() {
        assertThat(render("select 'a' , E'\\'' , \"b\" , $$c$$ , $t$d$t$ /* e */ , $1 -- f\n, $1", 7))
                .isEqualTo("select 'a' , E'\\'' , \"b\" , $$c$$ , $t$d$t$ /* e */ , (7::int4) -- f\n, (7::int4)");
    }

    @Test
    void anEscapeStringGoesOnOnlyBehindALineEnd() {
        assertThat(render("select E'a' '\\', $1", 7)).isEqualTo("select E'a' '\\', (7::int4)");
        assertThat(render("select E'a'\n, '\\', $1", 7)).isEqualTo("select E'a'\n, '\\', (7::int4)");
        assertThat(render("select 'a'\n'\\', $1", 7)).isEqualTo("select 'a'\n'\\', (7::int4)");
    }

    @Test
    void aParameterThatRunsIntoAWordIsRefused() {
        assertThatExceptionOfType(PgUsageException.class)
                .isThrownBy(() -> render("select $1E'\\'", 1))
                .withMessageContaining("trailing junk after parameter $1");
    }

    @Test
    void theCastNamesTheTypeThatWasDeclared() {
        assertThat(render(
                        "select $1, $2", PgParameter.of(PgType.CHAR, "x"), PgParameter.of(PgType.unknown(99999), "x")))
                .isEqualTo("select ('x'::\"char\"), ('x')");
    }

    @Test
    void anEThatEndsAnIdentifierDoesNotMakeAnEscapeString() {
        assertThat(render("select type'a\\', $1", 7)).isEqualTo("select type'a\\', (7::int4)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"select $2", "select $0", "select $99999999999"})
    void aParameterThatWasNotBoundIsRefused(String sql) {
        assertThatExceptionOfType(PgUsageException.class)
                .isThrownBy(() -> render(sql, 1))
                .withMessageContaining("but 1 were bound");
    }

    @Test
    void aValueThatNoConstantCanHoldIsRefused() {
        assertThatExceptionOfType(PgConversionException.class)
                .isThrownBy(() -> render("select $1", "a\0b"))
                .withMessageContaining("NUL");
    }

    private String render(String sql, @Nullable Object... values) {
        return LiteralSql.of(new BoundStatement(sql).with(values, codecs).asText(codecs));
    }
}
