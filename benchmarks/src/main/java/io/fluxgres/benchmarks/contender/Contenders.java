package io.fluxgres.benchmarks.contender;

import io.fluxgres.benchmarks.Target;
import io.fluxgres.benchmarks.Workload;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** All contenders, in the order of the report, and the workloads that each takes part in. */
@SuppressWarnings("ImmutableEnumChecker") // the sets are never changed
public enum Contenders {
    FLUXGRES("fluxgres", FluxgresContender::new, EnumSet.allOf(Workload.class)),
    FLUXGRES_CLIENT("fluxgres-client", FluxgresClientContender::new, EnumSet.of(Workload.LATENCY)),
    FLUXGRES_R2DBC("fluxgres-r2dbc", R2dbcContender::fluxgres, onOneMachine()),
    R2DBC_POSTGRESQL("r2dbc-postgresql", R2dbcContender::postgresql, onOneMachine()),
    R2DBC_POOL("r2dbc-pool", R2dbcPoolContender::new, EnumSet.of(Workload.LATENCY)),
    VERTX("vertx-pg-client", VertxContender::new, onOneMachine()),
    VERTX_POOL("vertx-pg-pool", VertxPoolContender::new, EnumSet.of(Workload.LATENCY)),
    PGJDBC("pgjdbc", JdbcContender::plain, onOneMachine()),
    PGJDBC_REWRITING("pgjdbc-rewriting", JdbcContender::rewriting, EnumSet.of(Workload.BATCH)),
    FLOOR_NETTY("floor-netty", HandlerFloor::new, EnumSet.of(Workload.POINT)),
    FLOOR_NIO(
            "floor-nio",
            SelectorFloor::new,
            EnumSet.of(Workload.POINT, Workload.FORTUNES, Workload.SCAN, Workload.WIDE));

    private final String title;
    private final Function<Target, Contender> constructor;
    private final Set<Workload> workloads;

    Contenders(String title, Function<Target, Contender> constructor, Set<Workload> workloads) {
        this.title = title;
        this.constructor = constructor;
        this.workloads = workloads;
    }

    /** Returns all workloads that need no network. */
    private static Set<Workload> onOneMachine() {
        return EnumSet.complementOf(EnumSet.of(Workload.LATENCY));
    }

    /** Returns the names of all. */
    public static List<String> names() {
        return Arrays.stream(values()).map(contender -> contender.title).toList();
    }

    /** Whether a contender takes part in a workload. */
    public static boolean takesPart(String name, Workload workload) {
        return of(name).workloads.contains(workload);
    }

    /** Creates a contender. */
    public static Contender create(String name, Target target) {
        return of(name).constructor.apply(target);
    }

    private static Contenders of(String name) {
        return Arrays.stream(values())
                .filter(contender -> contender.title.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no contender " + name + "; there are " + names()));
    }
}
