package io.fluxgres.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The tables, the statements of the workloads, and what their results add up to: every contender reports the sum of what it
 * read, so a driver that skips work is found out.
 *
 * @param scanRows rows of the table that is scanned
 * @param wideRows rows of two kilobytes
 */
public record Dataset(int scanRows, int wideRows) {

    /** The dataset of the comparison. */
    static final Dataset FULL = new Dataset(1_000_000, 200_000);

    /** One that is made and read in no time. */
    static final Dataset SMALL = new Dataset(1000, 100);

    public static final int WORLDS = 10_000;
    public static final int FORTUNES = 12;
    public static final int BATCH_ROWS = 1000;
    public static final int UPDATES = 20;

    public static final String POINT = "select id, number from world where id = $1";
    public static final String FORTUNE = "select id, message from fortune";
    public static final String SCAN = "select id, at, number, ratio, name, note from measurement";
    public static final String WIDE = "select id, payload from document";
    public static final String INSERT = "insert into entry (id, amount, note) values ($1, $2, $3)";
    public static final String UPDATE = "update account set balance = $1 where id = $2";

    /** What every inserted row holds besides its number. */
    public static final String NOTE = "a note of some length, as notes are";

    private static final int PAYLOAD_LENGTH = 62 * 32;
    private static final long FIRST_SECOND = 1_767_225_600;

    /** Creates the tables and fills them. */
    void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    create table world (id int4 primary key, number int4 not null);
                    insert into world select n, n * 7919 %% 10007 from generate_series(1, %1$d) n;
                    create table account (id int4 primary key, balance int4 not null) with (fillfactor = 50);
                    insert into account select n, 0 from generate_series(1, %1$d) n;
                    create table fortune (id int4 primary key, message text not null);
                    insert into fortune select n, repeat('fortune ', n) from generate_series(1, %2$d) n;
                    create table measurement (id int8 not null, at timestamptz not null, number int4 not null,
                        ratio float8 not null, name text not null, note text not null);
                    insert into measurement select n, to_timestamp(%3$d + n), n %% 1000, n / 2.0, 'name of ' || n,
                        'a longer note on measurement ' || n from generate_series(1, %4$d) n;
                    create table document (id int4 not null, payload text not null);
                    alter table document alter column payload set storage plain;
                    insert into document select n, repeat(md5(n::text), 62) from generate_series(1, %5$d) n;
                    create unlogged table entry (id int4 not null, amount int8 not null, note text not null)
                    """.formatted(WORLDS, FORTUNES, FIRST_SECOND, scanRows, wideRows));
            statement.execute("vacuum analyze");
        }
    }

    /** Returns how many rows a bulk operation reads or writes; 1 of others, whose throughput is told in operations. */
    int bulkRows(Workload workload) {
        return switch (workload) {
            case SCAN -> scanRows;
            case WIDE -> wideRows;
            case BATCH -> BATCH_ROWS;
            case POINT, FORTUNES, UPDATE, CONNECT, COLD, LATENCY -> 1;
        };
    }

    /** Returns the sum of a row of {@code world}. */
    public static long worldSum(int id) {
        return id + id * 7919L % 10007;
    }

    /** Returns the sum of the numbers and the lengths of the messages. */
    public static long fortuneSum() {
        return FORTUNES * (FORTUNES + 1L) / 2 * (1 + "fortune ".length());
    }

    /** Returns the sum of the numbers, the seconds, the floors of the ratios and the lengths of the texts. */
    public long scanSum() {
        long sum = 0;
        for (int n = 1; n <= scanRows; n++) {
            int digits = Integer.toString(n).length();
            sum += n + (FIRST_SECOND + n) + n % 1000 + n / 2 + ("name of ".length() + digits);
            sum += "a longer note on measurement ".length() + digits;
        }
        return sum;
    }

    /** Returns the sum of the numbers and the lengths of the payloads. */
    public long wideSum() {
        return (long) wideRows * (wideRows + 1) / 2 + (long) wideRows * PAYLOAD_LENGTH;
    }
}
