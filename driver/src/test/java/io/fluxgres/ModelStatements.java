package io.fluxgres;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The statements of {@link ModelBasedIT} and {@link ModelFaultsIT} and what each must give. The rows of nearly all contain a number that no other
 * statement has. Confined to the thread that submits.
 */
final class ModelStatements {

    static final String SCHEMA = """
        create schema one;
        create table one.place (v int);
        insert into one.place values (1);
        create schema two;
        create table two.place (v text);
        insert into two.place values ('two');
        create table log (n int, note text);
        create table thing (key uuid);
        insert into thing values ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
        """;

    private static final String DIVISION_BY_ZERO = "22012";
    private static final String UNDEFINED_COLUMN = "42703";
    private static final String UNDEFINED_TABLE = "42P01";
    /** Statements that are gone or stale, and types of strings that must be left to the server. */
    private static final List<String> NOT_REPEATED = List.of("26000", "0A000", "42883");

    private final Random random;
    private int number;
    private String path = "public";
    private boolean settings = true;
    /** How statements of this round may fail because no statement is repeated behind what changes the session. */
    private final Set<String> excuses = new HashSet<>();

    /** What a statement is and must give. */
    record Statement(
            String sql,
            List<@Nullable Object[]> bindings,
            List<String> rows,
            @Nullable String sqlState,
            Kind kind) {

        /** Returns the execution, whose rows are texts. */
        Flux<String> on(PgConnection connection) {
            PgQuery query = connection.query(sql);
            if (kind == Kind.BATCH) {
                return query.bindAll(bindings)
                        .rowsUpdated()
                        .map(String::valueOf)
                        .flux();
            }
            PgQuery bound = bindings.isEmpty() ? query : query.bind(bindings.get(0));
            return bound.map(row -> String.valueOf(row.getString(0)));
        }

        /** Returns the numbers that it writes to the log, all of them or none. */
        List<Integer> written() {
            return kind == Kind.INSERT || kind == Kind.BATCH
                    ? bindings.stream().map(values -> (Integer) values[0]).toList()
                    : List.of();
        }

        @Override
        public String toString() {
            return sql + " <- "
                    + bindings.stream().limit(3).map(Arrays::toString).toList()
                    + (bindings.size() > 3 ? " and " + (bindings.size() - 3) + " more" : "");
        }
    }

    enum Kind {
        READ,
        INSERT,
        BATCH,
        SETTING
    }

    ModelStatements(Random random) {
        this.random = random;
    }

    private static Statement read(String sql, List<String> rows, @Nullable Object... values) {
        return new Statement(sql, bound(values), rows, null, Kind.READ);
    }

    private static Statement failing(String sql, String sqlState, List<String> rows, @Nullable Object... values) {
        return new Statement(sql, bound(values), rows, sqlState, Kind.READ);
    }

    private static List<@Nullable Object[]> bound(@Nullable Object... values) {
        return values.length == 0 ? List.of() : Collections.singletonList(values);
    }

    private static List<String> numbers(int first, int count) {
        return IntStream.range(first, first + count).mapToObj(Integer::toString).toList();
    }

    /** Leaves the session as it is from now on: what a setting that may fail has changed is not known. */
    void keepSettings() {
        settings = false;
    }

    /** Returns a statement, and changes the model of the session if it changes the session. */
    Statement next() {
        return switch (settings ? random.nextInt(16) : 2 + random.nextInt(14)) {
            case 0 -> searchPath();
            case 1 -> {
                excuses.addAll(NOT_REPEATED);
                yield new Statement("deallocate all", List.of(), List.of(), null, Kind.SETTING);
            }
            case 2, 3 -> place();
            case 4 -> {
                excuses.addAll(NOT_REPEATED);
                int n = ++number;
                yield read("select " + n + "; select " + -n, List.of("" + n, "" + -n));
            }
            case 5, 6 -> insert();
            case 7 -> batch();
            default -> nextRead();
        };
    }

    private Statement insert() {
        return switch (random.nextInt(4)) {
            case 0 ->
                new Statement(
                        "insert into log select $1, $2 from pg_sleep(0.005)",
                        bound(++number, "late"),
                        List.of(),
                        null,
                        Kind.INSERT);
            case 1 ->
                new Statement(
                        "insert into log select i / ($1 - i), 'none' from generate_series($1 - 3, $1) i",
                        bound(++number),
                        List.of(),
                        DIVISION_BY_ZERO,
                        Kind.INSERT);
            default ->
                new Statement(
                        "insert into log values ($1, $2)",
                        bound(++number, random.nextBoolean() ? null : "note"),
                        List.of(),
                        null,
                        Kind.INSERT);
        };
    }

    /** Returns a batch of one item, of a few, or of more than is written at a time; or one whose last item fails. */
    private Statement batch() {
        int count = List.of(1, 10, 3000).get(random.nextInt(3));
        String note = "note".repeat(random.nextInt(50));
        List<@Nullable Object[]> items = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            items.add(new @Nullable Object[] {++number, note, 1});
        }
        boolean failing = random.nextInt(4) == 0;
        if (failing) {
            items.add(new @Nullable Object[] {++number, note, 0});
        }
        return new Statement(
                "insert into log values ($1 / $3, $2)",
                items,
                failing ? List.of() : List.of("" + count),
                failing ? DIVISION_BY_ZERO : null,
                Kind.BATCH);
    }

    private Statement place() {
        List<String> rows = path.equals("public") ? List.of() : List.of(path.equals("one") ? "1" : "two");
        String sqlState = path.equals("public") ? UNDEFINED_TABLE : null;
        return new Statement("select v from place", List.of(), rows, sqlState, Kind.READ);
    }

    private Statement searchPath() {
        path = List.of("one", "two", "public").get(random.nextInt(3));
        excuses.addAll(NOT_REPEATED);
        return new Statement(
                "set search_path to " + (path.equals("public") ? "public" : path + ", public"),
                List.of(),
                List.of(),
                null,
                Kind.SETTING);
    }

    /** Returns a statement that neither changes the session nor depends on it. */
    Statement nextRead() {
        int n = (number += 100);
        int variant = random.nextInt(6);
        int count = random.nextInt(20);
        return switch (random.nextInt(10)) {
            case 0 -> failing("select missing" + variant, UNDEFINED_COLUMN, List.of());
            case 1 ->
                failing(
                        "select $1 + i / ($2 - i) * 0 from generate_series(1, 30) i",
                        DIVISION_BY_ZERO,
                        IntStream.range(1, count + 1).mapToObj(i -> "" + n).toList(),
                        n,
                        count + 1);
            case 2 -> read("select $1 || ':' || $2", List.of("s:" + n), "s", "" + n);
            case 3 ->
                read(
                        "select $1::text || key from thing where key = $2",
                        List.of(n + "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
                        "" + n,
                        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
            case 4 ->
                random.nextBoolean()
                        ? read("select coalesce($1, 'none') || $2", List.of("none" + n), null, "" + n)
                        : read("select coalesce($1, 'none') || $2", List.of("some" + n), "some", "" + n);
            case 5 -> alternating(n);
            case 6 ->
                read(
                        "select $1 + i || repeat('x', 2000) from generate_series(0, $2 - 1) i",
                        numbers(n, count).stream()
                                .map(text -> text + "x".repeat(2000))
                                .toList(),
                        n,
                        count);
            case 7 -> read("select $1::text from pg_sleep(0.005)", List.of("" + n), n);
            default ->
                read(
                        "select $1 + i /* " + variant + " */ from generate_series(0, $2 - 1) i",
                        numbers(n, count),
                        n,
                        count);
        };
    }

    private Statement alternating(int n) {
        Object value = List.of(n, (long) n, "" + n, (short) (n % 30_000)).get(random.nextInt(4));
        return read("select $1", List.of(value.toString()), value);
    }

    Set<String> excuses() {
        return excuses;
    }

    void onRoundEnd() {
        excuses.clear();
    }
}
