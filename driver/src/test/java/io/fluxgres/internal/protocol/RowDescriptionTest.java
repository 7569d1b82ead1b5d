package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.column;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.rowDescription;
import static io.fluxgres.internal.protocol.Answers.textColumn;
import static io.fluxgres.internal.protocol.Wire.cString;
import static io.fluxgres.internal.protocol.Wire.int16;
import static io.fluxgres.internal.protocol.Wire.int32;
import static io.fluxgres.internal.protocol.Wire.join;
import static io.fluxgres.internal.protocol.Wire.message;
import static io.fluxgres.internal.protocol.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.internal.protocol.RowDescription.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowDescriptionTest {

    @Test
    void readsEachFieldOfAColumn() {
        byte[] column =
                join(cString("größe"), int32(16_384), int16(3), int32(0xfffffffe), int16(-2), int32(1_234), int16(1));

        assertThat(read(rowDescription(column)).columns())
                .containsExactly(new Column("größe", 16_384, (short) 3, 0xfffffffe, (short) -2, 1_234, 1));
    }

    @Test
    void keepsTheOrderAndEqualNames() {
        assertThat(read(rowDescription(int4("a"), textColumn("b"), int4("a"), int4("")))
                        .columns())
                .extracting(Column::name)
                .containsExactly("a", "b", "a", "");
    }

    @Test
    void noColumnsAreLegal() {
        assertThat(read(rowDescription()).size()).isZero();
    }

    @Test
    void as1664ColumnsAre() {
        byte[][] columns = new byte[1664][];
        Arrays.fill(columns, int4("c"));

        assertThat(read(rowDescription(columns)).size()).isEqualTo(1664);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void knowsTheFormatCode(int format) {
        assertThat(read(rowDescription(column("c", 23, 4, format)))
                        .columns()
                        .get(0)
                        .formatCode())
                .isEqualTo(format);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7, 0x7fff, 0x8000, 0xffff})
    void anUnknownFormatCodeIsAViolation(int format) {
        assertThatThrownBy(() -> read(rowDescription(column("c", 23, 4, format))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent RowDescription with format code " + format);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 32_767})
    void moreColumnsThanTheBodyHasIsAViolationBeforeTheyAreAllocated(int count) {
        assertThatThrownBy(() -> read(message('T', int16(count), int4("c"))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent RowDescription with " + (count & 0xffff) + " columns in 20 bytes");
    }

    @Test
    void aColumnThatIsCutOffIsAViolation() {
        byte[] column = int4("a-long-name");
        assertThatThrownBy(() -> read(message('T', int16(1), Arrays.copyOf(column, column.length - 1))))
                .isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> read(message('T', int16(1), text("a name without its terminator"))))
                .isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> read(message('T'))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void bytesBehindTheLastColumnAreAViolation() {
        assertThatThrownBy(() -> read(message('T', int16(1), int4("a"), int4("b"))))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageEndingWith("20 bytes behind its last field");
    }

    @Test
    void anotherFormatChangesACopyOnly() {
        RowDescription described = read(rowDescription(int4("a"), textColumn("b")));

        RowDescription bound = described.withFormat(1);

        assertThat(bound.columns()).extracting(Column::formatCode).containsExactly(1, 1);
        assertThat(bound.columns()).extracting(Column::name).containsExactly("a", "b");
        assertThat(described.columns()).extracting(Column::formatCode).containsExactly(0, 0);
        assertThat(bound.withFormat(0)).isEqualTo(described);
    }

    @Test
    void cannotBeChanged() {
        RowDescription read = read(rowDescription(int4("a")));
        List<Column> columns = new ArrayList<>(read.columns());
        RowDescription made = new RowDescription(columns);
        columns.clear();

        assertThat(made).isEqualTo(read);
        assertThatThrownBy(() -> read.columns().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> read.withFormat(1).columns().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private static RowDescription read(byte[] message) {
        return Bodies.read(message, RowDescription::read);
    }
}
