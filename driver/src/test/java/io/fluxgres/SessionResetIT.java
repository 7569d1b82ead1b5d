package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a user of an exclusive connection leaves in the session, which no command tag tells, and the next one does not find. */
@Timeout(60)
class SessionResetIT extends ClientFixture {

    private static final String TENANT = "select coalesce(nullif(current_setting('app.tenant', true), ''), 'nobody')";
    private static final String LOCKS =
            "select count(*)::text from pg_locks where locktype = 'advisory'" + " and pid = pg_backend_pid()";
    private static final String PROCESS = "select pg_backend_pid()::text";

    @BeforeAll
    static void createRoutines() {
        postgres.execute("create table page (id int)");
        postgres.execute("insert into page values (7)");
        postgres.execute("create schema other");
        postgres.execute("create table other.page as select 'other' as name");
        postgres.execute("create procedure become(name text) language plpgsql as"
                + " $$begin perform set_config('app.tenant', name, false); end$$");
        postgres.execute("create procedure become_and_fail(name text) language plpgsql as"
                + " $$begin perform set_config('app.tenant', name, false); commit; raise exception 'failed'; end$$");
        postgres.execute("create function hidden(name text) returns text language sql as"
                + " $$select set_config('app.tenant', name, false)$$");
    }

    private static String exclusive(PgClient client, String sql) {
        return list(client.query(sql).exclusive().map(row -> String.valueOf(row.getString(0))))
                .get(0);
    }

    private static List<String> transaction(PgClient client, String... sqls) {
        return list(client.inTransaction(transaction ->
                Flux.just(sqls).concatMap(sql -> transaction.query(sql).map(row -> String.valueOf(row.getString(0))))));
    }

    // ---- what marks

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select set_config('app.tenant', 'left', false)",
                "select Set_Config('app.tenant', 'left', false)",
                "with c as (select set_config('app.tenant', 'left', false) s) select s from c",
                "select 1; select set_config('app.tenant', 'left', false)",
                "update pg_settings set setting = 'left' where name = 'app.tenant'",
                "call become('left')",
                "do $$begin perform hidden('left'); end$$",
                "set app.tenant = 'left'",
                "select pg_advisory_lock(1)",
                "select 1; select pg_try_advisory_lock(1)"
            })
    void whatATransactionLeavesTheNextUserDoesNotFind(String sql) {
        PgClient client = client("poolSize=1");
        String process = transaction(client, "select set_config('app.tenant', '', true)", PROCESS)
                .get(1);

        transaction(client, sql);

        assertThat(transaction(client, TENANT, LOCKS, PROCESS)).containsExactly("nobody", "0", process);
        assertThat(exclusive(client, TENANT)).isEqualTo("nobody");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select hidden('left')",
                "select pg_advisory_lock(1)::text",
                "select set_config('search_path', 'pg_catalog', false)",
                "select 1; select hidden('left')"
            })
    void whatAnExclusiveStatementLeavesTheNextUserDoesNotFind(String sql) {
        PgClient client = client("poolSize=1");
        String process = transaction(client, PROCESS).get(0);
        String path =
                transaction(client, "select current_setting('search_path')").get(0);

        client.query(sql).exclusive().rowsUpdated().block(TIMEOUT);

        assertThat(transaction(client, TENANT, LOCKS, "select current_setting('search_path')", PROCESS))
                .containsExactly("nobody", "0", path, process);
    }

    @Test
    void whatAnExclusiveBatchLeavesTheNextUserDoesNotFind() {
        PgClient client = client("poolSize=1");
        client.query("select hidden($1)")
                .exclusive()
                .bindAll(Flux.just(new Object[] {"left"}, new Object[] {"left"}))
                .rowsUpdated()
                .block(TIMEOUT);

        assertThat(transaction(client, TENANT)).containsExactly("nobody");

        client.query("select hidden($1)")
                .exclusive()
                .bindAll(List.of(new Object[] {"left"}, new Object[] {"left"}))
                .rowsUpdated()
                .block(TIMEOUT);

        assertThat(transaction(client, TENANT)).containsExactly("nobody");
    }

    @Test
    void whatIsLeftByAStatementThatFailsTheNextUserDoesNotFind() {
        PgClient client = client("poolSize=1");
        String process = transaction(client, PROCESS).get(0);

        failure(
                PgServerException.class,
                client.query("call become_and_fail('left')").rowsUpdated());
        assertThat(transaction(client, TENANT, PROCESS)).containsExactly("nobody", process);

        failure(
                PgServerException.class,
                client.inTransaction(transaction ->
                        transaction.query("select 1 / 0, pg_advisory_lock(1)").rowsUpdated()));
        failure(
                PgServerException.class,
                client.inTransaction(transaction -> transaction
                        .query("select pg_advisory_lock(1)")
                        .rowsUpdated()
                        .then(transaction.query("select 1 / 0").rowsUpdated())));
        assertThat(transaction(client, LOCKS, PROCESS)).containsExactly("0", process);
    }

    @Test
    void aParameterThatAFunctionHasChangedIsResetWhereTheServerReportsIt() {
        PgClient client = client("poolSize=1", "timeZone=Asia/Tokyo");
        transaction(
                client,
                "do $$begin execute 'create or replace function zone() returns text language sql as "
                        + "''select set_config(''''TimeZone'''', ''''UTC'''', false)'''; end$$");

        assertThat(transaction(client, "select zone()")).containsExactly("UTC");

        assertThat(transaction(client, "select current_setting('TimeZone')")).containsExactly("Asia/Tokyo");
    }

    @Test
    void whatAFunctionHidesIsResetAlwaysIfThatIsAskedFor() {
        PgClient marked = client("poolSize=1");
        transaction(marked, "select hidden('left')");
        assertThat(transaction(marked, TENANT)).containsExactly("left");

        PgClient always = client("poolSize=1", "sessionReset=always");
        for (int i = 0; i < 3; i++) {
            transaction(always, "select hidden('left')");
            assertThat(transaction(always, TENANT)).containsExactly("nobody");
        }
    }

    @Test
    void nothingIsResetIfThatIsAskedFor() {
        PgClient client = client("poolSize=1", "sessionReset=never");
        String process = transaction(client, PROCESS).get(0);
        exclusive(client, "select hidden('left')");
        transaction(client, "set work_mem = '1234kB'");

        assertThat(transaction(client, TENANT, "show work_mem", PROCESS)).containsExactly("left", "1234kB", process);
    }

    @Test
    void aSharedConnectionLosesWhatAStatementHasLeft() {
        PgClient client = client("sharedConnections=1", "poolSize=1");
        assertThat(list(client.query("select set_config('app.tenant', 'left', false)")
                        .map(row -> row.getString(0))))
                .containsExactly("left");

        assertThat(list(client.query(TENANT).map(row -> row.getString(0)))).containsExactly("nobody");
    }

    // ---- what it costs

    @ParameterizedTest
    @ValueSource(
            strings = {"select set_config('app.tenant', 'left', false)", "set work_mem = '1234kB'", "listen orders"})
    void aResetKeepsWhatTheDriverHasPrepared(String sql) {
        PgClient client = client("poolSize=1");
        for (int i = 0; i < 5; i++) {
            transaction(client, sql, "select 'kept' where 1 = 1");
        }

        assertThat(transaction(
                        client,
                        "select sum(generic_plans + custom_plans)::text from pg_prepared_statements"
                                + " where statement = 'select ''kept'' where 1 = 1'"))
                .containsExactly("4");
    }

    @Test
    void aNamePreparedInSqlIsFreeForTheNextUser() {
        PgClient client = client("poolSize=1");
        for (int i = 0; i < 5; i++) {
            assertThat(transaction(client, "prepare mine as select 'mine'", "execute mine", "select 'again'"))
                    .containsExactly("mine", "again");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create temp table page as select 'temporary' as name",
                "select 'temporary' as name into temp page",
                "set search_path = other",
                "set schema 'other'",
                "select set_config('search_path', 'other', false)"
            })
    void whatWasPreparedWhenANameStoodForSomethingElseIsNotInTheWayOfTheNextUser(String cover) {
        PgClient client = client("poolSize=1");

        assertThat(pages(client, cover)).hasSize(3).doesNotContain("7");

        assertThat(pages(client, "select 1")).containsExactly("7", "7", "7");
    }

    private static List<String> pages(PgClient client, String first) {
        return list(client.inTransaction(transaction -> transaction
                .query(first)
                .rowsUpdated()
                .thenMany(Flux.range(0, 3)
                        .concatMap(
                                i -> transaction.query("select * from page").map(row -> String.valueOf(row.get(0)))))));
    }

    @Test
    void aResetIsNotAWayToLoseTheAnswerOfTheStatementBehindIt() {
        PgClient client = client("poolSize=2", "sharedConnections=1");

        List<Integer> answers = list(Flux.range(0, 2000)
                .flatMap(
                        n -> n % 3 == 0
                                ? client.inTransaction(transaction -> transaction
                                        .query("select set_config('app.tenant', $1::text, false)")
                                        .bind(String.valueOf(n))
                                        .rowsUpdated()
                                        .thenMany(transaction
                                                .query("select $1 + 0")
                                                .bind(n)
                                                .map(row -> row.getInt(0))))
                                : Mono.from(
                                        client.query("select $1 + 0").bind(n).map(row -> row.getInt(0))),
                        32));

        assertThat(answers).hasSize(2000).doesNotHaveDuplicates();
    }
}
