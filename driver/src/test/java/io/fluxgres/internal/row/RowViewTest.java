package io.fluxgres.internal.row;

import static io.fluxgres.internal.statement.BoundValues.CODECS;
import static io.fluxgres.internal.statement.FedRows.column;
import static io.fluxgres.internal.statement.FedRows.described;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.PgConversionException;
import io.fluxgres.PgRow;
import io.fluxgres.PgUsageException;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.protocol.DataRow;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.statement.FedRows;
import io.fluxgres.internal.statement.ResultShape;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class RowViewTest {

    private static final RowDescription BOOK = described(
            column("id", PgType.INT8),
            column("title", PgType.TEXT),
            column("price", PgType.NUMERIC),
            column("sold", PgType.BOOL));

    /** Each way to read a value by its index. */
    private static Stream<Function<PgRow, Object>> gettersOfPrimitives() {
        return Stream.of(
                row -> row.getInt(0),
                row -> row.getLong(0),
                row -> row.getDouble(0),
                row -> row.getInt("id"),
                row -> row.getLong("id"),
                row -> row.getDouble("id"),
                row -> row.getBoolean(3),
                row -> row.getBoolean("sold"),
                row -> row.get(0, int.class),
                row -> row.get("id", long.class),
                row -> row.require(1, String.class),
                row -> row.require("title", String.class));
    }

    private static Stream<Function<PgRow, Object>> accessors() {
        return Stream.concat(
                gettersOfPrimitives(),
                Stream.of(
                        row -> row.isNull(0),
                        row -> row.isNull("id"),
                        row -> row.getString(1),
                        row -> row.getString("title"),
                        row -> row.get(1),
                        row -> row.get("title"),
                        row -> row.get(1, String.class),
                        row -> row.get("title", String.class)));
    }

    @Test
    void valuesAreReadByIndexAndByName() {
        show(
                row -> {
                    assertThat(row.getLong(0)).isEqualTo(7).isEqualTo(row.getLong("id"));
                    assertThat(row.getInt(0)).isEqualTo(7).isEqualTo(row.getInt("ID"));
                    assertThat(row.getDouble(0)).isEqualTo(7).isEqualTo(row.getDouble("Id"));
                    assertThat(row.getString(1)).isEqualTo("Emma").isEqualTo(row.getString("title"));
                    assertThat(row.get(2)).isEqualTo(new BigDecimal("9.90")).isEqualTo(row.get("price"));
                    assertThat(row.get(2, Double.class)).isEqualTo(9.9).isEqualTo(row.get("price", Double.class));
                    assertThat(row.getBoolean(3)).isTrue().isEqualTo(row.getBoolean("sold"));
                    assertThat(row.isNull(0)).isFalse().isEqualTo(row.isNull("id"));
                    assertThat(row.require(0, long.class)).isEqualTo(7).isEqualTo(row.require("id", long.class));
                },
                "7",
                "Emma",
                "9.90",
                "t");
    }

    @Test
    void nullIsNullForClasses() {
        show(
                row -> {
                    for (int i = 0; i < 4; i++) {
                        assertThat(row.isNull(i)).isTrue();
                        assertThat(row.get(i)).isNull();
                        assertThat(row.getString(i)).isNull();
                        assertThat(row.get(i, Long.class)).isNull();
                        assertThat(row.get(i, Thread.class)).isNull();
                    }
                },
                null,
                null,
                null,
                null);
    }

    @ParameterizedTest
    @MethodSource("gettersOfPrimitives")
    void nullIsAConversionErrorForPrimitivesAndWhereAValueIsRequired(Function<PgRow, Object> getter) {
        show(
                row -> assertThatThrownBy(() -> getter.apply(row))
                        .isInstanceOf(PgConversionException.class)
                        .hasMessageStartingWith("column ")
                        .hasMessageEndingWith(": the value is NULL"),
                null,
                null,
                null,
                null);
    }

    @Test
    void anEmptyTextIsNotNull() {
        show(
                row -> {
                    assertThat(row.isNull(1)).isFalse();
                    assertThat(row.getString(1)).isEmpty();
                },
                "7",
                "",
                null,
                null);
    }

    @Test
    void anIndexOutsideTheColumnsIsAUsageError() {
        show(
                row -> {
                    for (int index : new int[] {-1, 4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                        assertThatThrownBy(() -> row.getLong(index))
                                .isInstanceOf(PgUsageException.class)
                                .hasMessage("there is no column " + index + "; the result has 4 columns");
                        assertThatThrownBy(() -> row.isNull(index)).isInstanceOf(PgUsageException.class);
                        assertThatThrownBy(() -> row.get(index)).isInstanceOf(PgUsageException.class);
                    }
                },
                "7",
                "Emma",
                "9.90",
                "t");
    }

    @Test
    void aValueThatDoesNotFitIsAConversionErrorThatNamesColumnTypeAndClass() {
        show(
                row -> {
                    assertThatThrownBy(() -> row.getInt(0))
                            .isInstanceOf(PgConversionException.class)
                            .hasMessage("column 0 \"id\" of type int8 cannot be read as int:"
                                    + " the value is out of range for int")
                            .hasCauseInstanceOf(CodecException.class);
                    assertThatThrownBy(() -> row.getLong("price"))
                            .isInstanceOf(PgConversionException.class)
                            .hasMessageStartingWith("column 2 \"price\" of type numeric cannot be read as long: ");
                    assertThatThrownBy(() -> row.getBoolean(1)).isInstanceOf(PgConversionException.class);
                    assertThatThrownBy(() -> row.getDouble(1)).isInstanceOf(PgConversionException.class);
                    assertThatThrownBy(() -> row.get(1, Integer.class)).isInstanceOf(PgConversionException.class);
                },
                "4294967296",
                "1",
                "9.90",
                "t");
    }

    @ParameterizedTest
    @MethodSource("accessors")
    void aViewWithoutARowIsAnIllegalState(Function<PgRow, Object> accessor) {
        RowView view = new RowView(new ResultShape(BOOK, CODECS));
        assertThatThrownBy(() -> accessor.apply(view))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the row is valid only inside the mapping function; rows() gives copies");
        FedRows.feed(
                BOOK,
                row -> {
                    view.show(row);
                    assertThat(accessor.apply(view)).isNotNull();
                    view.hide();
                    assertThatThrownBy(() -> accessor.apply(view)).isInstanceOf(IllegalStateException.class);
                },
                "7",
                "Emma",
                "9.90",
                "t");
    }

    @Test
    void aViewWithoutARowStillTellsItsColumns() {
        RowView view = new RowView(new ResultShape(BOOK, CODECS));
        assertThat(view.columns()).hasSize(4);
        assertThat(view).hasToString("PgRow[id, title, price, sold]");
        assertThatThrownBy(view::copy).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRowDoesNotPrintItsValues() {
        show(row -> assertThat(row.toString()).doesNotContain("Emma"), "7", "Emma", null, null);
    }

    @Test
    void aCopyOutlivesTheViewAndItsBuffer() {
        List<PgRow> copies = new ArrayList<>();
        RowView view = new RowView(new ResultShape(BOOK, CODECS));
        FedRows.feed(BOOK, row -> keepCopy(view, row, copies), "7", "Emma", null, "t");
        FedRows.feed(BOOK, row -> keepCopy(view, row, copies), null, "", "0", "f");
        FedRows.feed(BOOK, row -> keepCopy(view, row, copies), null, null, null, null);
        assertThat(copies.get(0).getLong(0)).isEqualTo(7);
        assertThat(copies.get(0).getString(1)).isEqualTo("Emma");
        assertThat(copies.get(0).get(2)).isNull();
        assertThat(copies.get(0).getBoolean(3)).isTrue();
        assertThat(copies.get(1).isNull(0)).isTrue();
        assertThat(copies.get(1).getString(1)).isEmpty();
        assertThat(copies.get(1).getInt("price")).isZero();
        assertThat(copies.get(1).getBoolean(3)).isFalse();
        assertThat(copies.get(2).isNull("sold")).isTrue();
    }

    @Test
    void aRowWithoutColumnsCanBeCopied() {
        List<PgRow> copies = new ArrayList<>();
        RowView view = new RowView(new ResultShape(described(), CODECS));
        FedRows.feed(described(), row -> keepCopy(view, row, copies));
        assertThat(copies.get(0).columns()).isEmpty();
        assertThatThrownBy(() -> copies.get(0).get(0)).isInstanceOf(PgUsageException.class);
    }

    @Test
    void aColumnInAFormatThatNobodyKnowsIsAConversionErrorAndItsNullIsReadable() {
        RowDescription description = described(column("a", PgType.INT4, 2), column("b", PgType.INT4, 2));
        RowView view = new RowView(new ResultShape(description, CODECS));
        FedRows.feed(
                description,
                row -> {
                    view.show(row);
                    assertThatThrownBy(() -> view.getInt(0))
                            .isInstanceOf(PgConversionException.class)
                            .hasMessageContaining("format code 2");
                    assertThatThrownBy(() -> view.get(0))
                            .isInstanceOf(PgConversionException.class)
                            .hasMessageContaining("format code 2");
                    assertThat(view.isNull(1)).isTrue();
                    assertThat(view.get(1)).isNull();
                },
                "7",
                null);
    }

    private static void keepCopy(RowView view, DataRow row, List<PgRow> copies) {
        view.show(row);
        copies.add(view.copy());
        view.hide();
    }

    private static void show(Consumer<PgRow> test, @Nullable Object... values) {
        RowView view = new RowView(new ResultShape(BOOK, CODECS));
        FedRows.feed(
                BOOK,
                row -> {
                    view.show(row);
                    test.accept(view);
                },
                values);
    }
}
