package io.fluxgres;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Common statements with strings as parameters, and the tables they are about. */
final class StringParameterSamples {

    static final String KEY = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";

    static final String SCHEMA = """
        create type mood as enum ('sad', 'fine', 'happy');
        create domain email as text check (value like '%@%');
        create table person (
            id int, serial int8, name text, nick varchar(20), code char(5), key uuid, mood mood, address inet,
            doc jsonb, raw json, seen timestamptz, born date, wakes time, price numeric, active bool, tags text[],
            numbers int[], data bytea, mail email, stay interval, spell int4range, words tsvector, moods mood[]);
        insert into person values
            (1, 10, 'Ada', 'ad%a', 'ab', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'happy', '10.0.0.1',
             '{"a": 1, "b": {"c": "x"}}', '{"a": 1}', '2024-02-29 10:30:00+00', '1815-12-10', '07:30', 12.50, true,
             '{math,poetry}', '{1,2,3}', '\\x0102', 'ada@example.org', '1 day 02:00', '[1,10)', 'fat cat',
             '{sad,happy}'),
            (2, 20, 'Bob', null, 'cd', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'sad', '192.168.1.7',
             '{"a": 2}', '[]', '2023-01-01 00:00:00+00', '1990-05-05', '09:00', 3, false,
             '{}', '{}', '\\xff', 'bob@example.org', '3 hours', '[20,30)', 'thin dog', '{}');
        create table target (like person);
        create table other (like person);
        insert into other select * from person;
        create function same(text) returns text language sql as 'select $1';
        create function same(int) returns int language sql as 'select $1';
        create function key_of(uuid) returns uuid language sql as 'select $1';
        create function either(int) returns int language sql as 'select $1';
        create function either(uuid) returns uuid language sql as 'select $1';
        create procedure take(uuid, jsonb) language plpgsql as 'begin end';
        """;

    private StringParameterSamples() {}

    /** A statement and its values, null for NULL. */
    record Sample(String sql, @Nullable String... values) {

        /** Returns the statement with the values in place, as quoted literals of no type. */
        String withLiterals() {
            String literal = sql;
            for (int i = 0; i < values.length; i++) {
                String value = values[i];
                literal = literal.replace("$" + (i + 1), value == null ? "null" : "'" + value.replace("'", "''") + "'");
            }
            return literal;
        }

        @Override
        public String toString() {
            return sql + " <- " + Arrays.toString(values);
        }
    }

    /** Those that neither all types declared nor none of them makes the server accept: some of the values need a type. */
    static Stream<Sample> needingTypes() {
        return Stream.of(
                sample("select json_build_object('k', $1)::text from person where key = $2", "v", KEY),
                sample("select concat($1, name) from person where mood = $2", "x", "sad"),
                sample(
                        "select jsonb_build_object('id', id, 'q', $1)::text from person where $2 = any(moods)",
                        "v",
                        "sad"));
    }

    static Stream<Sample> all() {
        return Stream.of(filters(), expressions(), changes()).flatMap(samples -> samples);
    }

    private static Sample sample(String sql, @Nullable String... values) {
        return new Sample(sql, values);
    }

    private static Stream<Sample> filters() {
        return Stream.of(
                sample("select id from person where name = $1", "Ada"),
                sample("select id from person where $1 is null or name = $1 order by id", (String) null),
                sample("select concat('a', $1)", (String) null),
                sample("select json_build_object('k', $1)::text", (String) null),
                sample("select id from person where ($1 is null or name = $1) and key = $2", null, KEY),
                sample(
                        "select id from person where ($1 is null or name = $1) and ($2 is null or nick = $2)",
                        null,
                        null),
                sample("update target set id = $1 where $2 is null or name = $2", null, null),
                sample("select id from person where name = $1", "nobody"),
                sample("select id from person where nick = $1", "ad%a"),
                sample("select id from person where code = $1", "ab"),
                sample("select id from person where code = $1", "ab "),
                sample("select id from person where id = $1", "1"),
                sample("select id from person where id = $1", "one"),
                sample("select id from person where serial > $1", "15"),
                sample("select id from person where key = $1", KEY),
                sample("select id from person where key = $1", "no key"),
                sample("select id from person where mood = $1", "happy"),
                sample("select id from person where mood > $1 order by id", "sad"),
                sample("select id from person where mood in ($1, $2) order by id", "happy", "sad"),
                sample("select id from person where mood = $1", "gone"),
                sample("select id from person where address = $1", "10.0.0.1"),
                sample("select id from person where address << $1", "10.0.0.0/8"),
                sample("select id from person where mail = $1", "ada@example.org"),
                sample("select id from person where active = $1", "true"),
                sample("select id from person where $1 and active", "yes"),
                sample("select id from person where $1 order by id", "on"),
                sample("select id from person where price > $1", "3.00"),
                sample("select id from person where price between $1 and $2 order by id", "1", "20"),
                sample("select id from person where seen > $1", "2024-01-01"),
                sample("select id from person where born between $1 and $2", "1800-01-01", "1900-01-01"),
                sample("select id from person where wakes < $1", "08:00"),
                sample("select id from person where stay > $1", "1 day"),
                sample("select id from person where data = $1", "\\x0102"),
                sample("select id from person where spell && $1", "[5,6]"),
                sample("select id from person where spell @> $1", "5"),
                sample("select id from person where words @@ $1", "cat & fat"),
                sample("select id from person where (key, name) = ($1, $2)", KEY, "Ada"),
                sample("select id from person where $1 is null or name = $1 order by id", "Ada"),
                sample("select id from person where ($1 = '' or name = $1) order by id", ""),
                sample("select id from person where ($1::text is null or name = $1) order by id", "Ada"),
                sample("select id from person where ($1::int is null or id = $1::int) order by id", "2"),
                sample("select id from person where name = coalesce($1, name) order by id", "Ada"),
                sample("select id from person where name = coalesce($1, name) order by id", (String) null),
                sample("select id from person where mood = coalesce($1, mood) order by id", "sad"),
                sample("select id from person where name like $1", "A%"),
                sample("select id from person where name ilike $1", "a%"),
                sample("select id from person where name like '%' || $1 || '%'", "da"),
                sample("select id from person where name ilike concat('%', $1, '%')", "DA"),
                sample("select id from person where nick like $1 escape '!'", "ad!%a"),
                sample("select id from person where name ~ $1", "^A.a$"),
                sample("select id from person where name similar to $1", "(Ada|Eve)"),
                sample("select id from person where lower(name) = lower($1)", "ADA"),
                sample("select id from person where name in ($1, $2) order by id", "Ada", "Bob"),
                sample("select id from person where id in ($1, $2) order by id", "1", "2"),
                sample("select id from person where id not in (1, $1)", "3"),
                sample("select id from person where name = any($1) order by id", "{Ada,Bob}"),
                sample("select id from person where id = any($1) order by id", "{1,2}"),
                sample("select id from person where mood = any($1) order by id", "{sad,happy}"),
                sample("select id from person where name = any($1::text[]) order by id", "{Ada,Bob}"),
                sample("select id from person where key = any($1::uuid[])", "{" + KEY + "}"),
                sample("select id from person where $1 = any(tags)", "math"),
                sample("select id from person where $1 = any(numbers)", "3"),
                sample("select id from person where $1 = any(moods)", "happy"),
                sample("select id from person where tags @> $1", "{math}"),
                sample("select id from person where tags @> array[$1]", "math"),
                sample("select id from person where tags = $1", "{math,poetry}"),
                sample(
                        "select id from person where exists (select from other o where o.key = $1 and o.id ="
                                + " person.id)",
                        KEY),
                sample("select id from person where id = (select max(id) from other where mood = $1)", "happy"),
                sample("select name from person group by name having count(*) = $1 order by name", "1"));
    }

    private static Stream<Sample> expressions() {
        return Stream.of(
                sample("select $1", "x"),
                sample("select $1 as a, $2 as b, 1 as c", "x", ""),
                sample("select $1 || 'b'", "a"),
                sample("select $1 || $2", "a", "b"),
                sample("select name || $1 from person order by id", "!"),
                sample("select id || $1 from person order by id", "!"),
                sample("select concat('a', $1, 1)", "b"),
                sample("select concat_ws($1, name, id) from person order by id", ", "),
                sample("select format($1, 1, name) from person where id = 1", "%s-%s"),
                sample("select length($1), upper($1), md5($1), reverse($1)", "abc"),
                sample("select substring(name from $1) from person where id = 1", "d."),
                sample("select left(name, $1) from person where id = 1", "2"),
                sample("select lpad(name, $1, $2) from person where id = 1", "6", "*"),
                sample("select split_part('a,b,c', $1, 2)", ","),
                sample("select string_agg(name, $1 order by id) from person", "/"),
                sample("select regexp_replace(name, $1, $2) from person where id = 1", "d", "D"),
                sample("select position($1 in name), strpos(name, $1) from person where id = 1", "d"),
                sample("select json_build_object('k', $1)::text", "v"),
                sample("select json_build_object($1, 1)::text", "k"),
                sample("select jsonb_build_array($1, $2)::text", "a", "b"),
                sample("select doc ->> $1 from person order by id", "a"),
                sample("select (doc -> $1)::text from person where id = 1", "b"),
                sample("select doc #>> $1 from person where id = 1", "{b,c}"),
                sample("select id from person where doc @> $1", "{\"a\": 2}"),
                sample("select id from person where doc ? $1", "b"),
                sample("select id from person where doc @? $1", "$.b"),
                sample("select jsonb_set(doc, $1, $2)::text from person where id = 2", "{a}", "7"),
                sample("select (doc - $1)::text from person where id = 1", "b"),
                sample("select $1::jsonb ->> 'a', cast($1 as json) ->> 'a'", "{\"a\": 5}"),
                sample("select $1::int + 1, $2::numeric, $3::uuid", "4", "1.50", KEY),
                sample("select $1::mood, $2::inet, $3::bool, $4::date", "sad", "::1", "t", "2024-02-29"),
                sample("select $1::int", "four"),
                sample("select $1 + 1", "4"),
                sample("select 1.5 * $1", "2"),
                sample("select price * $1 from person order by id", "2"),
                sample("select $1 = 10, $2 < 2.5", "10", "2.4"),
                sample("select $1 = $2, $1 < $2", "a", "b"),
                sample("select (-abs($1))::text, round($2, 1)", "-4", "2.55"),
                sample("select coalesce($1, 'b')", "a"),
                sample("select coalesce($1, 5)", "4"),
                sample("select coalesce($1, $2)", null, "b"),
                sample("select coalesce(key, $1) from person order by id", KEY),
                sample("select nullif($1, '')", ""),
                sample("select nullif($1, 0)", "0"),
                sample("select greatest($1, 'b'), least($1, 'b')", "c"),
                sample("select greatest($1, 10), least(born, $2) from person order by id", "11", "1900-01-01"),
                sample("select case when name = $1 then $2 else $3 end from person order by id", "Ada", "yes", "no"),
                sample("select case when id = 1 then id else $1 end from person order by id", "7"),
                sample("select case mood when $1 then 1 else 0 end from person order by id", "sad"),
                sample("select case $1 when 'a' then 1 when 'b' then 2 end", "b"),
                sample("select case when $1 then 'yes' else 'no' end", "true"),
                sample("select id from person order by case $1 when 'name' then name else code end desc", "name"),
                sample("select id from person order by id limit $1", "1"),
                sample("select id from person order by id limit $1 offset $2", "1", "1"),
                sample("select id from person order by id limit cast($1 as int) offset $2::bigint", "1", "1"),
                sample("select id from person order by id fetch first ($1) rows only", "1"),
                sample("select n from generate_series(1, $1) n", "3"),
                sample("select to_char(seen at time zone 'UTC', $1) from person order by id", "YYYY-MM-DD HH24:MI"),
                sample("select to_char($1::numeric, $2)", "1234.5", "FM9999.00"),
                sample("select to_date($1, $2), to_number($3, '99')", "29.02.2024", "DD.MM.YYYY", "42"),
                sample("select (seen + $1)::text from person order by id", "1 day"),
                sample("select (born - $1)::text from person order by id", "1800-01-01"),
                sample("select (seen - $1::interval)::text from person order by id", "1 hour"),
                sample("select (interval '1 day' * $1)::text", "3"),
                sample("select date_trunc($1, seen at time zone 'UTC')::text from person order by id", "month"),
                sample(
                        "select extract(year from born + $1::int), date_part($2, born)::text from person order by id",
                        "1",
                        "year"),
                sample("select (seen at time zone $1)::text from person order by id", "Europe/Berlin"),
                sample(
                        "select (timestamp '2024-01-01', $1) overlaps (timestamp '2024-01-02', timestamp '2024-01-03')",
                        "5 days"),
                sample("select same($1), key_of($2)", "x", KEY),
                sample("select set_config('fluxgres.test', $1, false), current_setting('fluxgres.test')", "v"),
                sample("select encode($1, 'hex'), encode(sha256($1), 'hex')", "\\x01"),
                sample("select to_tsvector('simple', $1)::text, $2::tsquery::text", "fat cats", "cat"),
                sample("select array[$1, 'b']::text, array[1, $2]::text", "a", "2"),
                sample("select array_append(numbers, $1)::text from person where id = 1", "4"),
                sample(
                        "select array_position(tags, $1), array_to_string(tags, $2) from person where id = 1",
                        "math",
                        "-"),
                sample("select u from unnest(string_to_array($1, ',')) u", "a,b"),
                sample(
                        "select lag(id, 1, $1) over (order by id), lag(name, 1, $2) over (order by id) from person",
                        "0",
                        "-"),
                sample("select 1 union select $1 order by 1", "2"),
                sample("select 1 union select $1 order by 1", "x"),
                sample("select 'a' union all select $1", "b"),
                sample("values ($1, 1), ('b', 2)", "a"),
                sample("values (1), ($1)", "2"),
                sample("with q as (select $1 as v) select v || 'x' from q", "a"),
                sample("select id from person join (values ($1), ($2)) v(n) on v.n = name order by id", "Ada", "Bob"),
                sample("select id from person where name = $1 collate \"C\"", "Ada"));
    }

    private static Stream<Sample> changes() {
        return Stream.of(
                sample("insert into target (id, name) values ($1, $2) returning id, name", "5", "Eve"),
                sample("insert into target (key) values ($1) returning key", KEY),
                sample("insert into target (key) values ($1), ($2) returning key", KEY, KEY),
                sample("insert into target (key) select $1 returning key", KEY),
                sample("insert into target (key) values ($1) returning key", "no key"),
                sample(
                        "insert into target (doc, raw) values ($1, $2) returning doc::text, raw::text",
                        "{\"x\":1}",
                        "[1]"),
                sample("insert into target (doc) values ($1) returning doc::text", "{"),
                sample("insert into target (mood) values ($1) returning mood", "fine"),
                sample("insert into target (mood) values ($1) returning mood", "gone"),
                sample("insert into target (address) values ($1) returning address", "10.1.2.3/16"),
                sample(
                        "insert into target (seen, born) values ($1, $2) returning seen::text, born",
                        "2024-02-29 10:30+01",
                        "2024-03-01"),
                sample(
                        "insert into target (wakes, stay) values ($1, $2) returning wakes::text, stay::text",
                        "10:00",
                        "2 days"),
                sample("insert into target (price) values ($1) returning price", "1.2300"),
                sample("insert into target (active) values ($1) returning active", "f"),
                sample(
                        "insert into target (tags, numbers) values ($1, $2) returning tags::text, numbers::text",
                        "{a,b}",
                        "{1,2}"),
                sample("insert into target (moods) values ($1) returning moods::text", "{sad}"),
                sample(
                        "insert into target (data, spell) values ($1, $2) returning data::text, spell::text",
                        "\\x00ff",
                        "[1,2]"),
                sample("insert into target (mail) values ($1) returning mail", "no mail"),
                sample("insert into target (code, nick) values ($1, $2) returning code, nick", "abc", "n"),
                sample("insert into target (code) values ($1)", "too long"),
                sample(
                        "insert into target (name, key, doc) values (upper($1), $2, jsonb_build_object('n', $1))"
                                + " returning name, key, doc::text",
                        "x",
                        KEY),
                sample(
                        "update other set name = $1, mood = $2, price = price * $3 where false returning id",
                        "n",
                        "sad",
                        "2"),
                sample("update other set doc = doc || $1 where id = 1 returning doc::text", "{\"z\": 1}"),
                sample(
                        "update other set doc = jsonb_set(doc, '{n}', to_jsonb($1::text)) where key = $2 returning"
                                + " doc::text",
                        "v",
                        KEY),
                sample(
                        "update other set price = coalesce($1, price), seen = coalesce($2, seen) where id = 2"
                                + " returning price",
                        null,
                        "2024-01-01"),
                sample("update other set active = $1 where mood = $2 returning id, active", "true", "happy"),
                sample("delete from target where key = $1 and name = $2 returning id", KEY, "nobody"),
                sample(
                        "merge into target t using (values ($1, $2)) v(k, n) on t.name = v.k when matched then update"
                                + " set name = v.n",
                        "nobody",
                        "x"),
                sample("select key_of($1)", KEY));
    }
}
