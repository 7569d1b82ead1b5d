package io.fluxgres.r2dbc;

import static io.fluxgres.r2dbc.Factories.TIMEOUT;
import static io.fluxgres.r2dbc.Factories.await;
import static io.fluxgres.r2dbc.Factories.run;

import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Clob;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.Statement;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.sql.Timestamp;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** What two drivers make of the same, as tables in Markdown of what they make differently. */
public final class DriverDifferences {

    /** A column of each type, of which a value is read. */
    private static final List<String> COLUMNS = List.of(
            "7::int2",
            "7::int4",
            "7::int8",
            "7::numeric",
            "0.5::float4",
            "0.5::float8",
            "true::bool",
            "'7'::text",
            "'7'::varchar",
            "'7'::bpchar",
            "'7'::name",
            "'7'::\"char\"",
            "'\\x07'::bytea",
            "'00000000-0000-0000-0000-000000000007'::uuid",
            "'2020-02-03'::date",
            "'04:05:06'::time",
            "'04:05:06+01'::timetz",
            "'2020-02-03 04:05:06'::timestamp",
            "'2020-02-03 04:05:06+00'::timestamptz",
            "'1 day'::interval",
            "'{}'::json",
            "'{}'::jsonb",
            "'<a/>'::xml",
            "7::oid",
            "'127.0.0.1'::inet",
            "'127.0.0.0/8'::cidr",
            "'08:00:2b:01:02:03'::macaddr",
            "'7'::money",
            "'(1,2)'::point",
            "'fine'::mood",
            "'{7}'::_int4",
            "'{7}'::_int8",
            "'{7}'::_text",
            "'[1,7)'::int4range",
            "'a'::tsvector",
            "'101'::varbit");

    private static final List<Class<?>> CLASSES = List.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            BigInteger.class,
            BigDecimal.class,
            Float.class,
            Double.class,
            Number.class,
            Character.class,
            String.class,
            UUID.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetTime.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            Instant.class,
            Date.class,
            Duration.class,
            Period.class,
            InetAddress.class,
            byte[].class,
            ByteBuffer.class,
            Blob.class,
            Clob.class,
            Integer[].class,
            Long[].class,
            String[].class,
            Object[].class);

    private static final List<Object> VALUES = values();

    private static List<Object> values() {
        ZonedDateTime time = ZonedDateTime.of(2020, 2, 3, 4, 5, 6, 0, ZoneOffset.UTC);
        return List.of(
                true,
                (byte) 7,
                (short) 7,
                7,
                7L,
                BigInteger.TEN,
                BigDecimal.TEN,
                0.5f,
                0.5d,
                'x',
                "7",
                UUID.fromString("00000000-0000-0000-0000-000000000007"),
                time.toLocalDate(),
                time.toLocalTime(),
                time.toLocalDateTime(),
                time.toOffsetDateTime().toOffsetTime(),
                time.toOffsetDateTime(),
                time,
                time.toInstant(),
                Date.from(time.toInstant()),
                Timestamp.from(time.toInstant()),
                Duration.ofDays(1),
                Period.ofDays(1),
                Year.of(2020),
                YearMonth.of(2020, 2),
                Month.MAY,
                MonthDay.of(2, 3),
                DayOfWeek.MONDAY,
                InetAddress.getLoopbackAddress(),
                URI.create("http://localhost"),
                url(),
                ZoneId.of("UTC"),
                new byte[] {7},
                ByteBuffer.wrap(new byte[] {7}),
                new Integer[] {7},
                new int[] {7},
                new Long[] {7L},
                new String[] {"7"},
                List.of(7));
    }

    private static URL url() {
        try {
            return URI.create("http://localhost").toURL();
        } catch (java.net.MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is done on a connection of its own, by the words of the table. */
    private static final Map<String, Function<Connection, @Nullable Object>> CASES = new LinkedHashMap<>();

    private static void fact(String what, Function<Connection, @Nullable Object> action) {
        CASES.put(what, action);
    }

    static {
        fact("a value out of range", c -> read(c, "select 100000", row -> row.get(0, Short.class)));
        fact("a fraction as an integer", c -> read(c, "select 1.5::numeric", row -> row.get(0, Integer.class)));
        fact("a fraction of float8 as a long", c -> read(c, "select 1.5::float8", row -> row.get(0, Long.class)));
        fact("NULL as a primitive", c -> read(c, "select null::int", row -> row.get(0, int.class)));
        fact(
                "`time` of 24:00:00 as `LocalTime`",
                c -> read(c, "select '24:00'::time", row -> row.get(0, LocalTime.class)));
        fact("a null by class, `$1 is null`", c -> nullOf(c, "select $1 is null", Integer.class));
        fact("a division by zero", c -> read(c, "select 1/0", row -> row.get(0)));
        fact("a text that is no number", c -> read(c, "select 'a'::int", row -> row.get(0)));
        fact("an unknown table", c -> read(c, "select * from nowhere", row -> row.get(0)));
        fact("an unknown role", c -> read(c, "set role nobody_of_this_name", row -> row.get(0)));
        fact("RAISE EXCEPTION", c -> read(c, "do 'begin raise exception ''no''; end'", row -> row.get(0)));
        fact("a table that is locked", c -> read(c, "set lock_timeout = 1; select 1", row -> row.get(0)));
        fact("a statement in a failed transaction", c -> {
            failTransaction(c);
            return read(c, "select 1", row -> row.get(0));
        });
        fact("the commit of a failed transaction", c -> {
            failTransaction(c);
            return await(c.commitTransaction());
        });
        fact("`VACUUM` in a transaction", c -> {
            await(c.beginTransaction());
            return read(c, "vacuum", row -> row.get(0));
        });
        fact("`beginTransaction()` in a transaction", c -> {
            await(c.beginTransaction());
            return await(c.beginTransaction());
        });
        fact("a statement on a closed connection", c -> {
            await(c.close());
            return read(c, "select 1", row -> row.get(0));
        });
        fact("the level inside `beginTransaction(SERIALIZABLE)`", c -> {
            await(c.beginTransaction(IsolationLevel.SERIALIZABLE));
            return c.getTransactionIsolationLevel().asSql();
        });
        fact("a level set inside a transaction, told behind it", c -> {
            await(c.beginTransaction());
            await(c.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE));
            await(c.commitTransaction());
            return c.getTransactionIsolationLevel().asSql();
        });
        fact("a level set outside, of a single statement", c -> {
            await(c.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE));
            return read(c, "select current_setting('transaction_isolation')", row -> row.get(0));
        });
        fact("a savepoint outside a transaction", c -> {
            await(c.createSavepoint("a"));
            return c.isAutoCommit() ? "no transaction" : "a transaction";
        });
        fact("a batch of which the second statement fails", c -> {
            try {
                Flux.from(c.createBatch()
                                .add("insert into difference default values")
                                .add("select 1/0")
                                .execute())
                        .flatMap(result -> result.getRowsUpdated())
                        .blockLast(TIMEOUT);
            } catch (RuntimeException failure) {
                // what it leaves is asked for
            }
            return "rows left: " + read(c, "select count(*) from difference", row -> row.get(0));
        });
        fact("rows of `add()`, of which the second fails", c -> {
            Statement insert = c.createStatement("insert into difference (\"ID\") values (1 / $1::int)");
            try {
                Flux.from(insert.bind(0, 1).add().bind(0, 0).execute())
                        .flatMap(result -> result.getRowsUpdated())
                        .blockLast(TIMEOUT);
            } catch (RuntimeException failure) {
                // what it leaves is asked for
            }
            String left = "rows left: " + read(c, "select count(*) from difference", row -> row.get(0));
            run(c, "truncate difference");
            return left;
        });
        fact("`returnGeneratedValues(\"ID\")`", c -> returning(c, "ID"));
        fact("`returnGeneratedValues(\"id + 1\")`", c -> returning(c, "id + 1"));
        fact(
                "`returnGeneratedValues` of a query",
                c -> read(c.createStatement("select 1").returnGeneratedValues("id"), row -> row.get(0)));
        fact(
                "`bind` of a class without a codec",
                c -> c.createStatement("select $1").bind(0, new StringBuilder[0]) == null);
        fact("an index without a column", c -> read(c, "select 1", row -> row.get(1)));
        fact("a name without a column", c -> read(c, "select 1", row -> row.get("b")));
    }

    private static void failTransaction(Connection connection) {
        await(connection.beginTransaction());
        try {
            run(connection, "select 1/0");
        } catch (RuntimeException failure) {
            // as it should
        }
    }

    private static @Nullable Object nullOf(Connection connection, String sql, Class<?> type) {
        return read(connection.createStatement(sql).bindNull(0, type), row -> row.get(0));
    }

    private static @Nullable Object returning(Connection connection, String name) {
        Statement insert = connection.createStatement("insert into difference default values");
        Object column = read(
                insert.returnGeneratedValues(name),
                row -> "column " + row.getMetadata().getColumnMetadatas().get(0).getName());
        run(connection, "truncate difference");
        return column;
    }

    private static <T> @Nullable T read(Connection connection, String sql, Function<Row, T> mapper) {
        return read(connection.createStatement(sql), mapper);
    }

    private static <T> @Nullable T read(Statement statement, Function<Row, T> mapper) {
        return Flux.from(statement.execute())
                .concatMap(result -> result.map((row, metadata) -> mapper.apply(row)))
                .blockLast(TIMEOUT);
    }

    private DriverDifferences() {}

    /** Makes a connection of one of the drivers. */
    private interface Opening {
        Connection open();
    }

    /**
     * Returns the tables. It is called by reflection, in a class loader that has both drivers.
     *
     * @param location what stands in the URL behind the id of the driver
     */
    public static String markdown(String location) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(DriverDifferences.class.getClassLoader());
        try {
            ConnectionFactory incumbent = ConnectionFactories.get("r2dbc:postgresql" + location);
            ConnectionFactory fluxgres = ConnectionFactories.get("r2dbc:fluxgres" + location);
            return markdown(() -> Factories.open(incumbent), () -> Factories.open(fluxgres));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static String markdown(Opening theirs, Opening ours) {
        StringBuilder out = new StringBuilder("### What is done differently\n\n");
        header(out, "what");
        CASES.forEach((what, action) -> row(out, what, outcome(theirs, action), outcome(ours, action)));
        out.append("\n### How values are bound\n\n");
        header(out, "value of class");
        for (Object value : VALUES) {
            Function<Connection, @Nullable Object> bind = c -> read(
                    c.createStatement("select pg_typeof($1)::text").bind(0, value), row -> row.get(0, String.class));
            row(out, '`' + publicName(value) + '`', outcome(theirs, bind), outcome(ours, bind));
        }
        out.append("\n### What columns are read as\n\n");
        out.append(
                "| column | r2dbc-postgresql without a class | Fluxgres | only r2dbc-postgresql gives | only Fluxgres gives"
                        + " | another value |\n|---|---|---|---|---|---|\n");
        Connection incumbent = theirs.open();
        Connection fluxgres = ours.open();
        for (String column : COLUMNS) {
            columnRow(out, column, readings(incumbent, column), readings(fluxgres, column));
        }
        Factories.close(incumbent);
        Factories.close(fluxgres);
        return out.toString();
    }

    private static void header(StringBuilder out, String what) {
        out.append("| ").append(what).append(" | r2dbc-postgresql | Fluxgres |\n|---|---|---|\n");
    }

    private static void row(StringBuilder out, String what, String theirs, String ours) {
        if (!theirs.equals(ours)) {
            out.append("| ")
                    .append(what)
                    .append(" | ")
                    .append(theirs)
                    .append(" | ")
                    .append(ours)
                    .append(" |\n");
        }
    }

    private static String publicName(Object value) {
        Class<?> type = value.getClass();
        if (value instanceof List) {
            return "java.util.List";
        }
        while (!java.lang.reflect.Modifier.isPublic(type.getModifiers()) && !type.isArray()) {
            type = type.getSuperclass();
        }
        return type.getTypeName();
    }

    private static String outcome(Opening opening, Function<Connection, @Nullable Object> action) {
        Connection connection = opening.open();
        try {
            Object value = action.apply(connection);
            return value == null ? "succeeds" : text(value);
        } catch (RuntimeException failure) {
            return error(failure);
        } finally {
            Factories.close(connection);
        }
    }

    /** Returns the class that users can name, and the SQLSTATE. */
    private static String error(RuntimeException failure) {
        Class<?> type = failure.getClass();
        while (!type.getName().startsWith("io.r2dbc.spi.") && !type.getName().startsWith("java.")) {
            type = type.getSuperclass();
        }
        String state = failure instanceof R2dbcException reported ? reported.getSqlState() : null;
        return '`' + type.getSimpleName() + '`' + (state == null ? "" : ' ' + state);
    }

    // ---- columns

    /** What a column is without a class, by the name of its class, and what the classes give that do. */
    private record Readings(String natural, Map<String, String> given) {}

    private static Readings readings(Connection connection, String column) {
        Readings readings = read(connection, "select " + column, row -> {
            Map<String, String> given = new LinkedHashMap<>();
            for (Class<?> type : CLASSES) {
                if (type.isArray() && type != byte[].class && !column.contains("::_")) {
                    continue;
                }
                try {
                    given.put(type.getSimpleName(), text(row.get(0, type)));
                } catch (RuntimeException refused) {
                    // that it is not there tells it
                }
            }
            return new Readings(natural(row), given);
        });
        if (readings == null) {
            throw new IllegalStateException("no row of " + column);
        }
        return readings;
    }

    private static String natural(Row row) {
        try {
            Object value = row.get(0);
            return value == null ? "null" : '`' + nameOf(value.getClass()) + '`';
        } catch (RuntimeException failure) {
            return error(failure);
        }
    }

    /** Returns the name of a class, or of what it implements if it is hidden. */
    private static String nameOf(Class<?> type) {
        if (value(type, ByteBuffer.class)) {
            return "ByteBuffer";
        } else if (value(type, InetAddress.class)) {
            return "InetAddress";
        }
        Class<?> outer = type;
        while (outer.getEnclosingClass() != null) {
            outer = outer.getEnclosingClass();
        }
        return outer.getSimpleName();
    }

    private static boolean value(Class<?> type, Class<?> of) {
        return of.isAssignableFrom(type);
    }

    private static void columnRow(StringBuilder out, String column, Readings theirs, Readings ours) {
        List<String> onlyTheirs = new ArrayList<>(theirs.given.keySet());
        onlyTheirs.removeAll(ours.given.keySet());
        List<String> onlyOurs = new ArrayList<>(ours.given.keySet());
        onlyOurs.removeAll(theirs.given.keySet());
        List<String> other = theirs.given.entrySet().stream()
                .filter(entry -> ours.given.containsKey(entry.getKey())
                        && !ours.given.get(entry.getKey()).equals(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        if (theirs.natural.equals(ours.natural) && onlyTheirs.isEmpty() && onlyOurs.isEmpty() && other.isEmpty()) {
            return;
        }
        out.append("| `").append(column.substring(column.lastIndexOf(':') + 1)).append("` | ");
        out.append(theirs.natural).append(" | ").append(theirs.natural.equals(ours.natural) ? "" : ours.natural);
        out.append(" | ").append(names(onlyTheirs)).append(" | ").append(names(onlyOurs));
        out.append(" | ").append(names(other)).append(" |\n");
    }

    private static String names(List<String> classes) {
        return classes.stream().map(name -> '`' + name + '`').collect(Collectors.joining(", "));
    }

    private static String text(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return Arrays.toString(bytes);
        } else if (value instanceof Object[] array) {
            return Arrays.toString(array);
        } else if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return Arrays.toString(bytes);
        } else if (value instanceof Blob || value instanceof Clob) {
            return "a large object";
        }
        return String.valueOf(value);
    }
}
