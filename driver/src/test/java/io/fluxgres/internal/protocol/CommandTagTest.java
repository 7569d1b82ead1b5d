package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Wire.message;
import static io.fluxgres.internal.protocol.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTagTest {

    /** The tags of PostgreSQL 18 that carry the number of rows. */
    @ParameterizedTest
    @CsvSource({
        "COPY 3, COPY, 3",
        "DELETE 4, DELETE, 4",
        "FETCH 5, FETCH, 5",
        "INSERT 0 6, INSERT, 6",
        "INSERT 16384 1, INSERT, 1",
        "MERGE 7, MERGE, 7",
        "MOVE 8, MOVE, 8",
        "SELECT 0, SELECT, 0",
        "SELECT 9, SELECT, 9",
        "UPDATE 0, UPDATE, 0",
        "UPDATE 999999999999999999, UPDATE, 999999999999999999"
    })
    void readsTheCommandAndItsRows(String tag, String command, long rows) {
        assertThat(read(tag)).isEqualTo(new CommandTag(command, rows));
    }

    /** The tags of PostgreSQL 18 without a number. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER ACCESS METHOD",
                "ALTER AGGREGATE",
                "ALTER CAST",
                "ALTER COLLATION",
                "ALTER CONSTRAINT",
                "ALTER CONVERSION",
                "ALTER DATABASE",
                "ALTER DEFAULT PRIVILEGES",
                "ALTER DOMAIN",
                "ALTER EVENT TRIGGER",
                "ALTER EXTENSION",
                "ALTER FOREIGN DATA WRAPPER",
                "ALTER FOREIGN TABLE",
                "ALTER FUNCTION",
                "ALTER INDEX",
                "ALTER LANGUAGE",
                "ALTER LARGE OBJECT",
                "ALTER MATERIALIZED VIEW",
                "ALTER OPERATOR",
                "ALTER OPERATOR CLASS",
                "ALTER OPERATOR FAMILY",
                "ALTER POLICY",
                "ALTER PROCEDURE",
                "ALTER PUBLICATION",
                "ALTER ROLE",
                "ALTER ROUTINE",
                "ALTER RULE",
                "ALTER SCHEMA",
                "ALTER SEQUENCE",
                "ALTER SERVER",
                "ALTER STATISTICS",
                "ALTER SUBSCRIPTION",
                "ALTER SYSTEM",
                "ALTER TABLE",
                "ALTER TABLESPACE",
                "ALTER TEXT SEARCH CONFIGURATION",
                "ALTER TEXT SEARCH DICTIONARY",
                "ALTER TEXT SEARCH PARSER",
                "ALTER TEXT SEARCH TEMPLATE",
                "ALTER TRANSFORM",
                "ALTER TRIGGER",
                "ALTER TYPE",
                "ALTER USER MAPPING",
                "ALTER VIEW",
                "ANALYZE",
                "BEGIN",
                "CALL",
                "CHECKPOINT",
                "CLOSE",
                "CLOSE CURSOR",
                "CLOSE CURSOR ALL",
                "CLUSTER",
                "COMMENT",
                "COMMIT",
                "COMMIT PREPARED",
                "COPY FROM",
                "CREATE ACCESS METHOD",
                "CREATE AGGREGATE",
                "CREATE CAST",
                "CREATE COLLATION",
                "CREATE CONSTRAINT",
                "CREATE CONVERSION",
                "CREATE DATABASE",
                "CREATE DOMAIN",
                "CREATE EVENT TRIGGER",
                "CREATE EXTENSION",
                "CREATE FOREIGN DATA WRAPPER",
                "CREATE FOREIGN TABLE",
                "CREATE FUNCTION",
                "CREATE INDEX",
                "CREATE LANGUAGE",
                "CREATE MATERIALIZED VIEW",
                "CREATE OPERATOR",
                "CREATE OPERATOR CLASS",
                "CREATE OPERATOR FAMILY",
                "CREATE POLICY",
                "CREATE PROCEDURE",
                "CREATE PUBLICATION",
                "CREATE ROLE",
                "CREATE ROUTINE",
                "CREATE RULE",
                "CREATE SCHEMA",
                "CREATE SEQUENCE",
                "CREATE SERVER",
                "CREATE STATISTICS",
                "CREATE SUBSCRIPTION",
                "CREATE TABLE",
                "CREATE TABLE AS",
                "CREATE TABLESPACE",
                "CREATE TEXT SEARCH CONFIGURATION",
                "CREATE TEXT SEARCH DICTIONARY",
                "CREATE TEXT SEARCH PARSER",
                "CREATE TEXT SEARCH TEMPLATE",
                "CREATE TRANSFORM",
                "CREATE TRIGGER",
                "CREATE TYPE",
                "CREATE USER MAPPING",
                "CREATE VIEW",
                "DEALLOCATE",
                "DEALLOCATE ALL",
                "DECLARE CURSOR",
                "DISCARD",
                "DISCARD ALL",
                "DISCARD PLANS",
                "DISCARD SEQUENCES",
                "DISCARD TEMP",
                "DO",
                "DROP ACCESS METHOD",
                "DROP AGGREGATE",
                "DROP CAST",
                "DROP COLLATION",
                "DROP CONSTRAINT",
                "DROP CONVERSION",
                "DROP DATABASE",
                "DROP DOMAIN",
                "DROP EVENT TRIGGER",
                "DROP EXTENSION",
                "DROP FOREIGN DATA WRAPPER",
                "DROP FOREIGN TABLE",
                "DROP FUNCTION",
                "DROP INDEX",
                "DROP LANGUAGE",
                "DROP MATERIALIZED VIEW",
                "DROP OPERATOR",
                "DROP OPERATOR CLASS",
                "DROP OPERATOR FAMILY",
                "DROP OWNED",
                "DROP POLICY",
                "DROP PROCEDURE",
                "DROP PUBLICATION",
                "DROP ROLE",
                "DROP ROUTINE",
                "DROP RULE",
                "DROP SCHEMA",
                "DROP SEQUENCE",
                "DROP SERVER",
                "DROP STATISTICS",
                "DROP SUBSCRIPTION",
                "DROP TABLE",
                "DROP TABLESPACE",
                "DROP TEXT SEARCH CONFIGURATION",
                "DROP TEXT SEARCH DICTIONARY",
                "DROP TEXT SEARCH PARSER",
                "DROP TEXT SEARCH TEMPLATE",
                "DROP TRANSFORM",
                "DROP TRIGGER",
                "DROP TYPE",
                "DROP USER MAPPING",
                "DROP VIEW",
                "EXECUTE",
                "EXPLAIN",
                "GRANT",
                "GRANT ROLE",
                "IMPORT FOREIGN SCHEMA",
                "LISTEN",
                "LOAD",
                "LOCK TABLE",
                "LOGIN",
                "NOTIFY",
                "PREPARE",
                "PREPARE TRANSACTION",
                "REASSIGN OWNED",
                "REFRESH MATERIALIZED VIEW",
                "REINDEX",
                "RELEASE",
                "RESET",
                "REVOKE",
                "REVOKE ROLE",
                "ROLLBACK",
                "ROLLBACK PREPARED",
                "SAVEPOINT",
                "SECURITY LABEL",
                "SELECT FOR KEY SHARE",
                "SELECT FOR NO KEY UPDATE",
                "SELECT FOR SHARE",
                "SELECT FOR UPDATE",
                "SELECT INTO",
                "SET",
                "SET CONSTRAINTS",
                "SHOW",
                "START TRANSACTION",
                "TRUNCATE TABLE",
                "UNLISTEN",
                "VACUUM",
                "???"
            })
    void aTagWithoutANumberIsTheCommand(String tag) {
        assertThat(read(tag)).isEqualTo(new CommandTag(tag, CommandTag.NO_ROWS));
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', -1",
        "123, 123, -1",
        "V2 5, V2, 5",
        "TABLE2, TABLE2, -1",
        "CONFIGURE ZONE 1, CONFIGURE ZONE, 1",
        "SELECT -5, SELECT -5, -1",
        "SELECT 5x, SELECT 5x, -1",
        "'SELECT ', 'SELECT ', -1",
        "' 5', '', 5",
        "SELECT 007, SELECT, 7",
        "ÄNDERE 2, ÄNDERE, 2"
    })
    void tagsOfOtherServersAreReadByTheSameRule(String tag, String command, long rows) {
        assertThat(read(tag)).isEqualTo(new CommandTag(command, rows));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SELECT 1000000000000000000", "SELECT 18446744073709551615", "UPDATE 99999999999999999999999"})
    void aNumberThatDoesNotFitIsAViolation(String tag) {
        assertThatThrownBy(() -> read(tag))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the server sent CommandComplete with a row count that no number can hold");
    }

    @Test
    void aTagWithoutItsTerminatorIsAViolation() {
        assertThatThrownBy(() -> Bodies.read(message('C', text("SELECT 1")), CommandTag::read))
                .isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> Bodies.read(message('C'), CommandTag::read)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void bytesBehindTheTerminatorAreAViolation() {
        assertThatThrownBy(() -> Bodies.read(message('C', text("SELECT 1\0SELECT 2\0")), CommandTag::read))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aFrequentCommandIsTheSameStringEachTime() {
        assertThat(read("SELECT 1").command()).isSameAs(read("SELECT 2").command());
    }

    private static CommandTag read(String tag) {
        return Bodies.read(commandComplete(tag), CommandTag::read);
    }
}
