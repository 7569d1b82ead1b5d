package io.fluxgres.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.codec.PgType;
import io.fluxgres.codec.PgType.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltinTypesTest {

    @Test
    void theTypesWithACodecAreTheConstants() {
        for (PgType type : CodecFixture.TYPES) {
            assertThat(BuiltinTypes.find(type.oid())).isSameAs(type);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1186, interval, BASE, 0",
        "1266, timetz, BASE, 0",
        "869, inet, BASE, 0",
        "650, cidr, BASE, 0",
        "829, macaddr, BASE, 0",
        "774, macaddr8, BASE, 0",
        "790, money, BASE, 0",
        "142, xml, BASE, 0",
        "1560, bit, BASE, 0",
        "1562, varbit, BASE, 0",
        "600, point, BASE, 0",
        "718, circle, BASE, 0",
        "3614, tsvector, BASE, 0",
        "3615, tsquery, BASE, 0",
        "3220, pg_lsn, BASE, 0",
        "2278, void, PSEUDO, 0",
        "2249, record, PSEUDO, 0",
        "2205, regclass, BASE, 0",
        "1000, _bool, ARRAY, 16",
        "1007, _int4, ARRAY, 23",
        "1231, _numeric, ARRAY, 1700",
        "199, _json, ARRAY, 114",
        "2951, _uuid, ARRAY, 2950",
        "3904, int4range, RANGE, 23",
        "3905, _int4range, ARRAY, 3904",
        "3910, tstzrange, RANGE, 1184",
        "4536, int8multirange, MULTIRANGE, 0",
        "6157, _int8multirange, ARRAY, 4536"
    })
    void otherTypesAreKnownByName(int oid, String name, Kind kind, int relatedOid) {
        assertThat(BuiltinTypes.find(oid)).isEqualTo(new PgType(oid, name, kind, relatedOid));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 15, 16384, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void otherOidsAreNoBuiltInType(int oid) {
        assertThat(BuiltinTypes.find(oid)).isNull();
    }

    @Test
    void everyArrayNamesAnElementTypeThatIsKnown() {
        int arrays = 0;
        for (int oid = 0; oid < 16_384; oid++) {
            PgType type = BuiltinTypes.find(oid);
            if (type != null && type.kind() == Kind.ARRAY) {
                PgType element = BuiltinTypes.find(type.relatedOid());
                assertThat(element).isNotNull();
                assertThat(type.name()).isEqualTo("_" + element.name());
                arrays++;
            }
        }
        assertThat(arrays).isGreaterThan(70);
    }
}
