package io.fluxgres.r2dbc;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.fluxgres.PgConnection;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import io.r2dbc.spi.Wrapped;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What {@link CostIT} runs: a statement with one value and a result of one row, through the adapter and by the driver's own
 * API on the same connection. Prints what an execution costs as {@code name=number}, with the bytes that the event loop
 * allocates, and with the processor time of the process in nanoseconds.
 */
final class CostProgram {

    private static final String SQL = "select $1::int4 as value";

    /** One of those that {@code Integer} keeps, so that to read it takes no memory. */
    private static final int VALUE = 100;

    private static final int ROUNDS = 5;
    private static final int EXECUTIONS_FOR_BYTES = 8_000;
    private static final int EXECUTIONS_FOR_TIME = 50_000;
    private static final int DEPTH_FOR_TIME = 16;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Connection connection;
    private final PgConnection direct;

    /** How often each value is read, so that the same code is measured with and without. */
    private int reads = 1;

    private CostProgram(Connection connection) {
        this.connection = connection;
        this.direct = (PgConnection) ((Wrapped<?>) connection).unwrap();
    }

    public static void main(String[] arguments) throws InterruptedException {
        Connection connection = Factories.open(ConnectionFactories.get(arguments[0]));
        CostProgram program = new CostProgram(connection);
        switch (arguments[1]) {
            case "bytes" -> program.printBytes();
            case "time" -> program.printTime();
            default -> throw new IllegalArgumentException(arguments[1]);
        }
        Factories.close(connection);
    }

    /** The functions are made once, as those of applications that capture nothing. */
    private Supplier<Flux<Integer>> adapted(BiFunction<Row, RowMetadata, Integer> mapper) {
        Function<Result, Publisher<Integer>> consumer = result -> result.map(mapper);
        return () -> Mono.<Result>from(
                        connection.createStatement(SQL).bind(0, VALUE).execute())
                .flatMapMany(consumer);
    }

    private Flux<Integer> direct() {
        return direct.query(SQL).bind(VALUE).map(row -> row.get(0, Integer.class));
    }

    // ---- bytes

    private void printBytes() throws InterruptedException {
        double[] once = new double[ROUNDS];
        double[] byIndex = new double[ROUNDS];
        double[] byName = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            reads = 1;
            once[round] = bytes(adapted(this::readByIndex));
            double named = bytes(adapted(this::readByName));
            reads = 0;
            byIndex[round] = once[round] - bytes(adapted(this::readByIndex));
            byName[round] = named - bytes(adapted(this::readByName));
        }
        print("bytes", Arrays.stream(once).min().orElseThrow());
        print("byIndex", median(byIndex));
        print("byName", median(byName));
    }

    private Integer readByIndex(Row row, RowMetadata metadata) {
        Integer value = VALUE;
        for (int i = 0; i < reads; i++) {
            value = row.get(0, Integer.class);
        }
        return value;
    }

    private Integer readByName(Row row, RowMetadata metadata) {
        Integer value = VALUE;
        for (int i = 0; i < reads; i++) {
            value = row.get("value", Integer.class);
        }
        return value;
    }

    private static double bytes(Supplier<Flux<Integer>> query) throws InterruptedException {
        LongSupplier allocated =
                () -> THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        return RepeatedExecution.measure(query, VALUE, EXECUTIONS_FOR_BYTES, 1, allocated);
    }

    // ---- time

    private void printTime() throws InterruptedException {
        double[] adapted = new double[ROUNDS];
        double[] direct = new double[ROUNDS];
        time(adapted(this::readByIndex));
        time(this::direct);
        for (int round = 0; round < ROUNDS; round++) {
            adapted[round] = time(adapted(this::readByIndex));
            direct[round] = time(this::direct);
        }
        print("adapted", median(adapted));
        print("direct", median(direct));
        print("ratio", median(adapted) / median(direct));
    }

    private static double time(Supplier<Flux<Integer>> query) throws InterruptedException {
        return RepeatedExecution.measure(query, VALUE, EXECUTIONS_FOR_TIME, DEPTH_FOR_TIME, SYSTEM::getProcessCpuTime);
    }

    private static double median(double... values) {
        return Arrays.stream(values)
                .sorted()
                .skip(values.length / 2)
                .findFirst()
                .orElseThrow();
    }

    private static void print(String name, double value) {
        System.out.println(name + "=" + value);
    }
}
