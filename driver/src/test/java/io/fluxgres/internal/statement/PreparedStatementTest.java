package io.fluxgres.internal.statement;

import static io.fluxgres.internal.statement.BoundValues.bound;
import static io.fluxgres.internal.statement.FedRows.column;
import static io.fluxgres.internal.statement.FedRows.described;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgParameter;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.protocol.Name;
import io.fluxgres.internal.protocol.RowDescription;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
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
        assertThat(statement.shape(true)).isNull();
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
        statement.onDescription(columns(typeOid, BoundValues.CODECS));
        assertFormat(statement.shape(true), format);
        assertFormat(statement.shape(false), format);
    }

    @ParameterizedTest
    @CsvSource({
        "1184, UTC, 1, 0",
        "1184, America/Vancouver, 0, 0",
        "1184, <+03>-03, 1, 0",
        "1184, 'EST5EDT,M3.2.0,M11.1.0', 0, 0",
        "1082, America/Vancouver, 1, 0",
        "1083, America/Vancouver, 1, 1"
    })
    void binaryIsAskedForIfTheZoneHasOneOffsetAndCannotChangeUntilThen(
            int typeOid, String zone, int settled, int unsettled) {
        Map<String, String> parameters = new HashMap<>(Map.of("DateStyle", "ISO, MDY", "TimeZone", zone));
        SessionCodecs codecs = BoundValues.codecs(parameters);
        PreparedStatement statement = statement(1);
        statement.onDescription(columns(typeOid, codecs));
        assertFormat(statement.shape(true), settled);
        assertFormat(statement.shape(false), unsettled);
        assertThat(statement.shape(true)).isSameAs(statement.shape(true));
    }

    @Test
    void theFormatFollowsTheParametersOfTheServer() {
        Map<String, String> parameters = new HashMap<>(Map.of("DateStyle", "ISO, MDY", "TimeZone", "UTC"));
        SessionCodecs codecs = BoundValues.codecs(parameters);
        PreparedStatement statement = statement(1);
        statement.onDescription(columns(PgType.TIMESTAMPTZ.oid(), codecs));
        assertFormat(statement.shape(true), 1);
        for (String zone : List.of("Asia/Tokyo", "UTC", "Europe/Berlin", "Etc/GMT+3")) {
            parameters.put("TimeZone", zone);
            codecs.onServerParameter();
            assertFormat(statement.shape(true), zone.equals("UTC") || zone.equals("Etc/GMT+3") ? 1 : 0);
        }
        parameters.put("DateStyle", "German");
        codecs.onServerParameter();
        assertFormat(statement.shape(true), 0);
    }

    private static ResultShape columns(int typeOid, SessionCodecs codecs) {
        return new ResultShape(described(column("v", codecs.context().type(typeOid), 0)), codecs);
    }

    private static void assertFormat(ResultShape shape, int format) {
        assertThat(shape.formatCode()).isEqualTo(format);
        assertThat(shape.description().columns())
                .extracting(RowDescription.Column::formatCode)
                .containsExactly(format);
    }

    private static PreparedStatement statement(Object... values) {
        return new PreparedStatement(Name.of("s"), bound(values));
    }
}
