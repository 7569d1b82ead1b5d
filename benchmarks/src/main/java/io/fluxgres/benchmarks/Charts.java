package io.fluxgres.benchmarks;

import io.fluxgres.benchmarks.Comparison.Results;
import io.fluxgres.benchmarks.Workload.Load;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws a chart of bars for each figure: all loads, each contender relative to {@link Report#SUBJECT}. */
final class Charts {

    private static final int WIDTH = 1200;
    private static final int HEIGHT = 420;

    /** Bars that would dwarf all others are cut here; the table has their numbers. */
    private static final int MOST = 5;

    private final Results results;

    Charts(Results results) {
        this.results = results;
    }

    void write(Path directory) throws IOException {
        draw(directory.resolve("throughput.svg"), "Operations a second (more is better)", Measurement::throughput);
        draw(directory.resolve("cpu.svg"), "CPU time an operation (less is better)", Measurement::cpuMicros);
        draw(
                directory.resolve("allocation.svg"),
                "Bytes allocated an operation (less is better)",
                Measurement::allocatedBytes);
    }

    private void draw(Path file, String title, ToDoubleFunction<Measurement> figure) throws IOException {
        List<Load> loads = results.loads().stream()
                .filter(load -> results.contenders(load).contains(Report.SUBJECT))
                .toList();
        if (loads.isEmpty()) {
            return;
        }
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title + ", relative to " + Report.SUBJECT + ", cut at " + MOST)
                .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        chart.getStyler()
                .setYAxisMax((double) MOST)
                .setYAxisMin(0.0)
                .setXAxisLabelRotation(30)
                .setPlotGridLinesVisible(false);
        List<String> names = loads.stream().map(Load::toString).toList();
        for (String contender : results.contenders()) {
            List<@Nullable Double> values = new ArrayList<>();
            for (Load load : loads) {
                values.add(ratio(load, contender, figure));
            }
            chart.addSeries(contender, names, values);
        }
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    }

    private @Nullable Double ratio(Load load, String contender, ToDoubleFunction<Measurement> figure) {
        if (!results.contenders(load).contains(contender)) {
            return null;
        }
        double ratio = figure.applyAsDouble(results.median(load, contender))
                / figure.applyAsDouble(results.median(load, Report.SUBJECT));
        return Math.min(ratio, MOST);
    }
}
