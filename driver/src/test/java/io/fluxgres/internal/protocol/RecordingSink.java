package io.fluxgres.internal.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes down, one line each, what a state pushed. */
final class RecordingSink implements PortalSink {

    private final List<String> events = new ArrayList<>();
    private final Queue<Demand> demands = new ArrayDeque<>();
    private Demand lastDemand = Demand.ROW;
    private Fetch fetch = Fetch.CHUNK;
    private int fetches;

    /** Sets what the next calls of {@link #demand} answer; the last one is answered from then on. */
    void demand(Demand... next) {
        demands.clear();
        demands.addAll(List.of(next));
    }

    /** Sets what {@link #fetch} answers; an answer is no event. */
    void fetch(Fetch next) {
        fetch = next;
    }

    /** Returns how often it was asked what to fetch. */
    int fetches() {
        return fetches;
    }

    @Override
    public Fetch fetch() {
        fetches++;
        return fetch;
    }

    @Override
    public void onRowLimit(int limit) {
        events.add("limit " + limit);
    }

    List<String> events() {
        return events;
    }

    @Override
    public Demand demand() {
        Demand next = demands.poll();
        if (next != null) {
            lastDemand = next;
        }
        return lastDemand;
    }

    @Override
    public void onParseComplete() {
        events.add("parsed");
    }

    @Override
    public void onParameterDescription(ParameterDescription parameters) {
        events.add("parameters " + typeOids(parameters));
    }

    static String typeOids(ParameterDescription parameters) {
        return IntStream.range(0, parameters.size())
                .mapToObj(i -> Integer.toUnsignedString(parameters.typeOid(i)))
                .toList()
                .toString();
    }

    @Override
    public void onRowDescription(RowDescription description) {
        events.add("columns " + columns(description));
    }

    /** Each column as name:type/format. */
    static String columns(RowDescription description) {
        return description.columns().stream()
                .map(column -> column.name() + ":" + column.typeOid() + "/" + column.formatCode())
                .toList()
                .toString();
    }

    @Override
    public void onNoData() {
        events.add("no data");
    }

    @Override
    public void onRow(DataRow row) {
        events.add("row " + values(row));
    }

    /** The values as characters of one byte each. */
    static String values(DataRow row) {
        return IntStream.range(0, row.size())
                .mapToObj(i -> row.isNull(i)
                        ? "null"
                        : row.buffer().toString(row.offset(i), row.length(i), StandardCharsets.ISO_8859_1))
                .collect(Collectors.toList())
                .toString();
    }

    @Override
    public void onCommandComplete(CommandTag tag) {
        events.add("complete " + tag.command() + " " + tag.rows());
    }

    @Override
    public void onEmptyQuery() {
        events.add("empty");
    }

    @Override
    public void onError(ErrorFields error) {
        events.add("error " + error.sqlState());
    }

    @Override
    public void onCopy(CopyDirection direction) {
        events.add("copy " + direction);
    }
}
