package io.fluxgres;

import java.util.List;
import java.util.stream.Stream;

/** What may happen between two executions of a statement that is kept prepared. */
final class StalePlanChanges {

    /** Brings the database back to the beginning. Two roles have a schema of their name, which "$user" is in search_path. */
    static final String SCHEMA = """
        drop schema if exists public, stale_plan_one, stale_plan_two cascade;
        create schema public;
        create schema stale_plan_one;
        create schema stale_plan_two;
        create table t (a int, b text);
        insert into t values (1, 'public');
        create table stale_plan_one.place (v int, w interval);
        insert into stale_plan_one.place values (1, '1 day');
        create table stale_plan_two.place (v text, w int8, x bool);
        insert into stale_plan_two.place values ('two', 2, true);
        create table place (v bool);
        insert into place values (false);
        create type mood as enum ('sad', 'happy');
        create table person (id int, feels mood);
        insert into person values (1, 'sad');
        create table base (a int, b text);
        insert into base values (1, 'base');
        create view seen as select a from base;
        create function answer() returns int language sql as 'select 42';
        create table counter (n int);
        insert into counter values (0);
        create sequence calls;
        create function fail(state text) returns int language plpgsql as
            'begin perform nextval(''calls''); raise exception ''failed'' using errcode = state; end';
        """;

    private StalePlanChanges() {}

    /** Statements that bring a session to where the prepared one is right, the prepared one, and what changes it. */
    record Change(List<String> before, String sql, List<String> change) {

        @Override
        public String toString() {
            return sql + " <- " + String.join("; ", change);
        }
    }

    private static Change change(String sql, String... change) {
        return new Change(List.of(), sql, List.of(change));
    }

    static Stream<Change> all() {
        return Stream.of(
                change("select * from t", "alter table t add column c interval default '1 day'"),
                change("select * from t", "alter table t alter column a type int8"),
                change("select * from t", "alter table t alter column a type interval using a * interval '1 second'"),
                change("select * from t", "alter table t alter column a type text"),
                change("select * from t", "alter table t rename column a to z"),
                change("select * from t", "alter table t drop column b"),
                change("select * from t", "alter table t rename to old", "create table t as select true as y"),
                change(
                        "select * from t",
                        "drop table t cascade",
                        "create table t (a int8)",
                        "insert into t values (7)"),
                change("select * from t", "drop table t cascade", "create table t (a int, b text)"),
                change("select * from t", "create index on t (a)", "analyze t"),
                change("select * from t", "create temp table t as select interval '2 days' as i"),
                change("select * from t", "create temp view t as select 'view' as v"),
                change("select * from t", "create temp table t as select 8 as a, 'temp' as b"),
                change("select * from seen", "create or replace view seen as select a, b from base"),
                change("select * from seen", "drop view seen", "create view seen as select b as a from base"),
                change(
                        "select answer()",
                        "drop function answer()",
                        "create function answer() returns text language sql" + " as $$ select 'forty-two' $$"),
                change(
                        "select * from person",
                        "drop type mood cascade",
                        "create type mood as enum ('glad')",
                        "alter table person add column feels mood default 'glad'"),
                change(
                        "insert into t values (2, 'b') returning *",
                        "alter table t add column c interval default '1 day'"),
                change("update t set a = 5 returning *", "alter table t alter column a type text"),
                change("select v.* from place v", "set search_path to stale_plan_one"),
                change("select * from place", "set search_path to stale_plan_two"),
                change("select * from place", "select set_config('search_path', 'stale_plan_one', false)"),
                change("select * from place", "set role stale_plan_one"),
                change("select * from place", "set session authorization stale_plan_two"),
                change("select current_user::text, * from place", "set role stale_plan_two"),
                change("select * from place", "alter table place add column y int default 6"),
                new Change(
                        List.of("set search_path to stale_plan_one"),
                        "select * from place",
                        List.of("reset search_path")),
                new Change(List.of("set role stale_plan_one"), "select * from place", List.of("reset role")),
                new Change(
                        List.of("create temp table t as select 9 as temp"),
                        "select * from t",
                        List.of("drop table pg_temp.t")),
                new Change(
                        List.of("create temp table t as select 9 as temp"), "select * from t", List.of("discard temp")),
                new Change(
                        List.of("set search_path to stale_plan_one, public"),
                        "select * from place",
                        List.of("drop schema stale_plan_one cascade", "create schema stale_plan_one")),
                change("select * from t", "deallocate all"),
                change("select * from t", "deallocate prepare all"),
                change("select * from t", "discard plans"),
                change("select * from t", "discard all"),
                new Change(List.of("set search_path to stale_plan_one"), "select * from place", List.of("discard all")),
                change("select * from t", "do $$ begin execute 'deallocate all'; end $$"),
                change("select interval '36 hours', date '2024-02-29'", "set intervalstyle to 'iso_8601'"),
                change("select timestamptz '2024-02-29 10:30:00+00'::text", "set timezone to 'Asia/Kolkata'"));
    }

    /** Tables that hide another, which the server does not notice by itself unless search_path changes. */
    static Stream<Change> hiding() {
        return Stream.of(
                new Change(
                        List.of("create temp table unrelated (i int)"),
                        "select * from t",
                        List.of("create temp table t as select 7 as temp")),
                new Change(
                        List.of("set search_path to stale_plan_one, public"),
                        "select * from t",
                        List.of("create table stale_plan_one.t as select 7 as one")));
    }

    /** Those after whose rollback the server plans anew: not when a table that hides another comes back. */
    static Stream<Change> followedBack() {
        return all().filter(change -> !change.change().get(0).matches("drop table pg_temp.t|discard temp"));
    }

    /** Those that another connection may make. */
    static Stream<Change> migrations() {
        return all().filter(change -> change.before().isEmpty())
                .filter(change -> change.change().stream()
                        .allMatch(sql -> sql.matches("(alter|drop|create) .*") && !sql.contains(" temp ")));
    }
}
