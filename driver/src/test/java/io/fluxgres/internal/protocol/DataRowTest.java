package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Wire.int16;
import static io.fluxgres.internal.protocol.Wire.int32;
import static io.fluxgres.internal.protocol.Wire.message;
import static io.fluxgres.internal.protocol.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataRowTest {

    private final DataRow row = new DataRow();

    @Test
    void readsValuesNullsAndEmptyValues() {
        read(dataRow("one", null, "", "four"), 4);

        assertThat(RecordingSink.values(row)).isEqualTo("[one, null, , four]");
        assertThat(row.size()).isEqualTo(4);
        assertThat(row.isNull(1)).isTrue();
        assertThat(row.length(1)).isEqualTo(-1);
        assertThat(row.isNull(2)).isFalse();
        assertThat(row.length(2)).isZero();
    }

    @Test
    void aRowWithoutColumnsIsLegal() {
        read(dataRow(), 0);

        assertThat(row.size()).isZero();
        assertThat(row.copy().size()).isZero();
    }

    @Test
    void isReusedForNarrowerAndWiderRows() {
        String[] wide = new String[1664];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = "v" + i;
        }
        read(dataRow("a", "b"), 2);
        read(dataRow(wide), 1664);
        assertThat(RecordingSink.values(row)).startsWith("[v0, v1, ").endsWith(", v1663]");

        read(dataRow("c"), 1);
        assertThat(RecordingSink.values(row)).isEqualTo("[c]");
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 1", "0, 1", "1, 0"})
    void anotherNumberOfValuesThanColumnsIsAViolation(int values, int columns) {
        assertThatThrownBy(() -> read(dataRow(new String[values]), columns))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent DataRow with " + values + " values for " + columns + " columns");
    }

    @Test
    void aCountOfMinusOneIsNotMinusOneColumn() {
        assertThatThrownBy(() -> read(message('D', int16(-1)), 1))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("65535 values for 1 columns");
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, Integer.MIN_VALUE})
    void noNegativeLengthButThatOfNullIsLegal(int length) {
        assertThatThrownBy(() -> read(message('D', int16(1), int32(length)), 1))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent DataRow with a value of length " + length);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 0x7fffffff})
    void aValueThatEndsBehindTheMessageIsAViolation(int length) {
        assertThatThrownBy(() -> read(message('D', int16(1), int32(length), text("abc")), 1))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent DataRow with a field that ends behind the message");
    }

    @Test
    void aLengthThatIsCutOffIsAViolation() {
        assertThatThrownBy(() -> read(message('D', int16(2), int32(-1), int16(0)), 2))
                .isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> read(message('D'), 0)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void bytesBehindTheLastValueAreAViolation() {
        assertThatThrownBy(() -> read(message('D', int16(1), int32(1), text("ab")), 1))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageEndingWith("1 bytes behind its last field");
    }

    @Test
    void aCopyOutlivesTheBufferAndTheNextRow() {
        ByteBuf buffer = Unpooled.copiedBuffer(dataRow("one", null, "", "four", null));
        BackendReader in = new BackendReader(MessageLimits.DEFAULT);
        in.next(buffer);
        row.read(in, 5);

        DataRow copy = row.copy();
        buffer.setZero(0, buffer.capacity());
        buffer.release();
        read(dataRow("other"), 1);

        assertThat(RecordingSink.values(copy)).isEqualTo("[one, null, , four, null]");
        assertThat(copy.buffer().hasArray()).isTrue();
    }

    @Test
    void aCopyOfACopyIsEqual() {
        read(dataRow(null, "a"), 2);
        assertThat(RecordingSink.values(row.copy().copy())).isEqualTo("[null, a]");

        read(dataRow(null, null), 2);
        assertThat(RecordingSink.values(row.copy())).isEqualTo("[null, null]");

        read(dataRow((String) null), 1);
        assertThat(RecordingSink.values(row.copy())).isEqualTo("[null]");
    }

    private void read(byte[] message, int columns) {
        Bodies.read(message, in -> {
            row.read(in, columns);
            return row;
        });
    }
}
