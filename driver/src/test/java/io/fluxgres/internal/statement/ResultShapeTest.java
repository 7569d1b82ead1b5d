package io.fluxgres.internal.statement;

import static io.fluxgres.internal.statement.BoundValues.CODECS;
import static io.fluxgres.internal.statement.BoundValues.codecs;
import static io.fluxgres.internal.statement.FedRows.column;
import static io.fluxgres.internal.statement.FedRows.described;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.PgColumn;
import io.fluxgres.PgConversionException;
import io.fluxgres.PgStringType;
import io.fluxgres.PgUsageException;
import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.protocol.RowDescription;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ResultShapeTest {

    @Test
    void aColumnIsFoundByItsExactNameFirst() {
        ResultShape shape = shape("ID", "Id", "id", "iD");
        assertThat(shape.index("id")).isEqualTo(2);
        assertThat(shape.index("Id")).isEqualTo(1);
        assertThat(shape.index("iD")).isEqualTo(3);
    }

    @Test
    void aColumnIsFoundIgnoringCaseElse() {
        ResultShape shape = shape("title", "orderId", "GR\u00dcSSE");
        assertThat(shape.index("TITLE")).isZero();
        assertThat(shape.index("orderid")).isEqualTo(1);
        assertThat(shape.index("ORDERID")).isEqualTo(1);
        assertThat(shape.index("gr\u00fcsse")).isEqualTo(2);
    }

    @Test
    void ofEqualNamesTheFirstColumnCounts() {
        ResultShape shape = shape("a", "b", "B", "b", "a");
        assertThat(shape.index("a")).isZero();
        assertThat(shape.index("b")).isEqualTo(1);
        assertThat(shape.index("B")).isEqualTo(2);
        assertThat(shape.index("A")).isZero();
    }

    @Test
    void aColumnWithoutANameIsFoundByTheEmptyOne() {
        assertThat(shape("a", "", "?column?").index("")).isEqualTo(1);
        assertThat(shape("a", "", "?column?").index("?COLUMN?")).isEqualTo(2);
    }

    @Test
    void anUnknownNameIsAUsageErrorThatListsTheKnownOnes() {
        assertThatThrownBy(() -> shape("id", "title").index("titel"))
                .isInstanceOf(PgUsageException.class)
                .hasMessage("there is no column \"titel\"; the columns are [id, title]");
        assertThatThrownBy(() -> shape(new String[0]).index("id")).isInstanceOf(PgUsageException.class);
        assertThatThrownBy(() -> shape("id").index("id ")).isInstanceOf(PgUsageException.class);
    }

    @Test
    void columnsTellWhatTheServerSaid() {
        RowDescription.Column column =
                new RowDescription.Column("name", -5, (short) 3, PgType.VARCHAR.oid(), (short) -1, 34, 0);
        assertThat(new ResultShape(described(column, column("odd", PgType.unknown(-7))), CODECS).columns())
                .containsExactly(
                        new PgColumn("name", PgType.VARCHAR, 34, -5, 3),
                        new PgColumn("odd", PgType.unknown(-7), -1, 0, 0));
    }

    @Test
    void aResultIsReadInBinaryIfAllItsColumnsCanBe() {
        assertThat(shape(PgType.INT4, PgType.TEXT, PgType.NUMERIC).inBinary().formatCode())
                .isEqualTo(1);
        assertThat(shape(PgType.INT4, PgType.unknown(1186)).inBinary().formatCode())
                .isZero();
        assertThat(shape(PgType.unknown(-7)).inBinary().formatCode()).isZero();
        assertThat(shape(new PgType[0]).inBinary().formatCode()).isZero();
    }

    @Test
    void aDecoderIsResolvedOnceForAClass() {
        CountingCodec codec = new CountingCodec();
        ResultShape shape = new ResultShape(
                described(column("a", PgType.INT4), column("b", PgType.INT4)), codecs(PgStringType.AUTO, codec));
        codec.asked.clear();
        Decoder<Long> first = shape.decoder(0, long.class);
        for (int i = 0; i < 10; i++) {
            assertThat(shape.decoder(0, long.class)).isSameAs(first);
            shape.decoder(1, String.class);
        }
        assertThat(codec.asked).containsExactly("int4 TEXT long", "int4 TEXT java.lang.String");
    }

    @Test
    void anotherClassGetsADecoderOfItsOwn() {
        ResultShape shape = shape(PgType.INT4);
        assertThat(shape.decoder(0, long.class)).isInstanceOf(Decoder.OfLong.class);
        assertThat(shape.decoder(0, double.class)).isInstanceOf(Decoder.OfDouble.class);
        assertThat(shape.decoder(0, long.class)).isInstanceOf(Decoder.OfLong.class);
    }

    @Test
    void aDecoderIsOfTheFormatOfTheColumn() {
        CountingCodec codec = new CountingCodec();
        ResultShape shape = new ResultShape(
                described(column("a", PgType.INT4, 0), column("b", PgType.INT4, 1)), codecs(PgStringType.AUTO, codec));
        codec.asked.clear();
        shape.decoder(0, int.class);
        shape.decoder(1, int.class);
        assertThat(codec.asked).containsExactly("int4 TEXT int", "int4 BINARY int");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void aFormatCodeThatNobodyKnowsIsAConversionError(int formatCode) {
        ResultShape shape = new ResultShape(described(column("a", PgType.INT4, formatCode)), CODECS);
        assertThatThrownBy(() -> shape.decoder(0, int.class))
                .isInstanceOf(PgConversionException.class)
                .hasMessage("column 0 \"a\" of type int4 cannot be read as int: format code " + formatCode
                        + " is neither text (0) nor binary (1)");
    }

    @Test
    void aClassThatNoCodecReadsIsAConversionErrorEachTime() {
        ResultShape shape = shape(PgType.INT4);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> shape.decoder(0, Thread.class))
                    .isInstanceOf(PgConversionException.class)
                    .hasMessage("column 0 \"c0\" of type int4 cannot be read as java.lang.Thread:"
                            + " there is no codec for it; ask for one of Byte, Short, Integer, Long, BigInteger, Float,"
                            + " Double, BigDecimal, String, Year, Month, DayOfWeek");
        }
        assertThatThrownBy(() -> shape.decoder(0, int[].class)).hasMessageContaining("cannot be read as int[]:");
    }

    private static ResultShape shape(String... names) {
        RowDescription.Column[] columns = new RowDescription.Column[names.length];
        for (int i = 0; i < names.length; i++) {
            columns[i] = column(names[i], PgType.INT4);
        }
        return new ResultShape(described(columns), CODECS);
    }

    private static ResultShape shape(PgType... types) {
        RowDescription.Column[] columns = new RowDescription.Column[types.length];
        for (int i = 0; i < types.length; i++) {
            columns[i] = column("c" + i, types[i]);
        }
        return new ResultShape(described(columns), CODECS);
    }

    /** Writes down what it is asked for and leaves the answer to the built-in codecs. */
    private static final class CountingCodec implements Codec {

        private final List<String> asked = new ArrayList<>();

        @Override
        public <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> askedClass, CodecContext context) {
            asked.add(type + " " + format + " " + askedClass.getTypeName());
            return null;
        }

        @Override
        public <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass, CodecContext context) {
            return null;
        }
    }
}
