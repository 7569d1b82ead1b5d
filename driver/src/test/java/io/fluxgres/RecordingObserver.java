package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps what it is told. */
final class RecordingObserver implements PgObserver {

    private final List<String> connects = new CopyOnWriteArrayList<>();
    private final List<String> disconnects = new CopyOnWriteArrayList<>();
    private final List<PgExecution> started = new CopyOnWriteArrayList<>();
    private final List<PgExecution> ended = new CopyOnWriteArrayList<>();

    @Override
    public void onConnect(String target, int processId, Duration duration, @Nullable Throwable error) {
        assertThat(duration).isPositive();
        connects.add("process " + processId + ": " + (error == null ? target : error));
    }

    @Override
    public void onDisconnect(String target, int processId, PgException reason) {
        disconnects.add("process " + processId + " at " + target + ": " + reason.getMessage());
    }

    @Override
    public void onQueryStart(PgExecution execution) {
        assertThat(execution.queueTime()).isNull();
        started.add(execution);
    }

    @Override
    public void onQueryEnd(PgExecution execution) {
        assertThat(started).contains(execution);
        ended.add(execution);
    }

    List<String> connects() {
        return connects;
    }

    List<String> disconnects() {
        return disconnects;
    }

    boolean hasEnded(String sql) {
        return ended.stream().anyMatch(execution -> execution.sql().equals(sql));
    }

    /** Returns the only execution of a query, which was told to have started and ended once. */
    PgExecution ended(String sql) {
        assertThat(started).filteredOn(PgExecution::sql, sql).hasSize(1);
        assertThat(endings(sql)).hasSize(1);
        return endings(sql).get(0);
    }

    List<PgExecution> endings(String sql) {
        return ended.stream().filter(execution -> execution.sql().equals(sql)).toList();
    }
}
