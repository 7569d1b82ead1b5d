package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PgErrorFieldsTest {

    @Test
    void eachAccessorReadsTheFieldOfItsCodeInTheManual() {
        Map<Character, String> all = new HashMap<>();
        "SVCMDHPpqWstcdnFLR".chars().forEach(code -> all.put((char) code, "the " + (char) code));
        all.put('P', "12");
        all.put('p', "34");
        PgErrorFields fields = new PgErrorFields(all);
        assertThat(fields.severity()).isEqualTo("the V");
        assertThat(fields.sqlState()).isEqualTo("the C");
        assertThat(fields.message()).isEqualTo("the M");
        assertThat(fields.detail()).isEqualTo("the D");
        assertThat(fields.hint()).isEqualTo("the H");
        assertThat(fields.position()).isEqualTo(12);
        assertThat(fields.internalPosition()).isEqualTo(34);
        assertThat(fields.internalQuery()).isEqualTo("the q");
        assertThat(fields.where()).isEqualTo("the W");
        assertThat(fields.schema()).isEqualTo("the s");
        assertThat(fields.table()).isEqualTo("the t");
        assertThat(fields.column()).isEqualTo("the c");
        assertThat(fields.dataType()).isEqualTo("the d");
        assertThat(fields.constraint()).isEqualTo("the n");
        assertThat(fields.file()).isEqualTo("the F");
        assertThat(fields.line()).isEqualTo("the L");
        assertThat(fields.routine()).isEqualTo("the R");
        assertThat(fields.asMap()).isEqualTo(all);
    }

    @Test
    void anyFieldMayBeMissing() {
        PgErrorFields fields = new PgErrorFields(Map.of());
        assertThat(fields.severity()).isEmpty();
        assertThat(fields.sqlState()).isEmpty();
        assertThat(fields.message()).isEmpty();
        assertThat(fields.position()).isZero();
        assertThat(fields.internalPosition()).isZero();
        assertThat(fields.detail()).isNull();
        assertThat(fields.hint()).isNull();
        assertThat(fields.internalQuery()).isNull();
        assertThat(fields.where()).isNull();
        assertThat(fields.schema()).isNull();
        assertThat(fields.table()).isNull();
        assertThat(fields.column()).isNull();
        assertThat(fields.dataType()).isNull();
        assertThat(fields.constraint()).isNull();
        assertThat(fields.file()).isNull();
        assertThat(fields.line()).isNull();
        assertThat(fields.routine()).isNull();
    }

    @Test
    void theLocalizedSeverityCountsWhereTheOtherIsMissing() {
        assertThat(new PgErrorFields(Map.of('S', "FEHLER")).severity()).isEqualTo("FEHLER");
        assertThat(new PgErrorFields(Map.of('S', "FEHLER", 'V', "ERROR")).severity())
                .isEqualTo("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1.5", "99999999999"})
    void aPositionThatIsNoNumberIsNone(String position) {
        assertThat(new PgErrorFields(Map.of('P', position)).position()).isZero();
    }

    @Test
    void theTextIsSeveritySqlStateAndMessageAndNoDetail() {
        PgErrorFields fields = new PgErrorFields(
                Map.of('V', "ERROR", 'C', "23505", 'M', "duplicate key", 'D', "Key (id)=(swordfish) already exists."));
        assertThat(fields).hasToString("ERROR 23505: duplicate key");
        assertThat(new PgServerException(fields)).hasMessage("ERROR 23505: duplicate key");
        assertThat(new PgNotice(fields).fields()).isSameAs(fields);
    }

    @Test
    void fieldsDoNotChange() {
        Map<Character, String> given = new HashMap<>(Map.of('M', "before"));
        PgErrorFields fields = new PgErrorFields(given);
        given.put('M', "after");
        assertThat(fields.message()).isEqualTo("before");
        assertThatThrownBy(() -> fields.asMap().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
