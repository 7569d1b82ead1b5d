package io.fluxgres.internal.session;

import static io.fluxgres.internal.session.BoundValues.bound;
import static io.fluxgres.internal.session.FedRows.column;
import static io.fluxgres.internal.session.FedRows.described;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgParameter;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.RowDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class PreparedStatementTest {

    @Test
    void aStatementFitsParametersOfTheSameTypes() {
        PreparedStatement statement = statement(1, "a", true);
        assertThat(statement.fits(bound(2, "b", false))).isTrue();
        assertThat(statement.fits(bound(2, new StringBuilder("b"), false))).isTrue();
        assertThat(statement.fits(bound(PgParameter.of(PgType.INT4, 2L), "b", false)))
                .isTrue();
    }

    @Test
    void aStatementDoesNotFitParametersOfOtherTypes() {
        PreparedStatement statement = statement(1, "a", true);
        assertThat(statement.fits(bound(1L, "a", true))).isFalse();
        assertThat(statement.fits(bound(1, "a", "t"))).isFalse();
        assertThat(statement.fits(bound(1, PgParameter.of(PgType.TEXT, "a"), true)))
                .isFalse();
        assertThat(statement.fits(bound(1, PgParameter.of(PgType.UNSPECIFIED, "a"), true)))
                .isFalse();
    }

    @Test
    void aStatementDoesNotFitAnotherNumberOfParameters() {
        PreparedStatement statement = statement(1, "a");
        assertThat(statement.fits(bound(1))).isFalse();
        assertThat(statement.fits(bound(1, "a", "b"))).isFalse();
        assertThat(statement.fits(bound())).isFalse();
        assertThat(statement().fits(bound())).isTrue();
    }

    @Test
    void aNullOfNoTypeFitsEveryType() {
        PreparedStatement statement = statement(1, "a");
        assertThat(statement.fits(bound(null, null))).isTrue();
        assertThat(statement.fits(bound(null, 1))).isFalse();
    }

    @Test
    void aNullOfATypeFitsThatTypeOnly() {
        PreparedStatement statement = statement(1);
        assertThat(statement.fits(bound(PgParameter.of(PgType.INT4, null)))).isTrue();
        assertThat(statement.fits(bound(PgParameter.of(PgType.INT8, null)))).isFalse();
        assertThat(statement.fits(bound(PgParameter.of(PgType.UNSPECIFIED, null))))
                .isTrue();
    }

    /** The server inferred a type for it, which the value of a class need not have. */
    @Test
    void aStatementPreparedWithANullOfNoTypeFitsNoValueOfAType() {
        PreparedStatement statement = statement((Object) null);
        assertThat(statement.fits(bound((Object) null))).isTrue();
        assertThat(statement.fits(bound(1))).isFalse();
    }

    @Test
    void aStatementIsCompleteOnceItIsParsedAndDescribed() {
        PreparedStatement statement = statement(1);
        assertThat(statement.isParsed()).isFalse();
        statement.onParseComplete();
        assertThat(statement.isParsed()).isTrue();
        assertThat(statement.isComplete()).isFalse();
        statement.onDescription(null);
        assertThat(statement.isComplete()).isTrue();
        assertThat(statement.shape()).isNull();
        assertThat(statement.description()).isNull();
    }

    @Test
    void aDescriptionWithoutParseCompleteDoesNotMakeItComplete() {
        PreparedStatement statement = statement(1);
        statement.onDescription(null);
        assertThat(statement.isComplete()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"23, 1", "1186, 0"})
    void aDescribedStatementIsReadInBinaryIfEachOfItsColumnsCan(int typeOid, int format) {
        PreparedStatement statement = statement(1);
        statement.onParseComplete();
        statement.onDescription(
                new ResultShape(described(column("v", BoundValues.CODECS.type(typeOid), 0)), BoundValues.CODECS));
        assertThat(statement.resultFormat()).isEqualTo(format);
        assertThat(statement.description().columns())
                .extracting(RowDescription.Column::formatCode)
                .containsExactly(format);
    }

    private static PreparedStatement statement(Object... values) {
        return new PreparedStatement(Name.of("s"), bound(values));
    }
}
