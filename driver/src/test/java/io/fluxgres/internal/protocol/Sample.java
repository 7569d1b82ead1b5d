package io.fluxgres.internal.protocol;

import static io.fluxgres.internal.protocol.Answers.BIND_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.CLOSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.COPY_DONE;
import static io.fluxgres.internal.protocol.Answers.COPY_IN_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_OUT_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.COPY_REFUSED;
import static io.fluxgres.internal.protocol.Answers.EMPTY_QUERY_RESPONSE;
import static io.fluxgres.internal.protocol.Answers.FAILED_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.IDLE;
import static io.fluxgres.internal.protocol.Answers.IN_TRANSACTION;
import static io.fluxgres.internal.protocol.Answers.NO_DATA;
import static io.fluxgres.internal.protocol.Answers.PARSE_COMPLETE;
import static io.fluxgres.internal.protocol.Answers.PORTAL_SUSPENDED;
import static io.fluxgres.internal.protocol.Answers.column;
import static io.fluxgres.internal.protocol.Answers.commandComplete;
import static io.fluxgres.internal.protocol.Answers.copyData;
import static io.fluxgres.internal.protocol.Answers.dataRow;
import static io.fluxgres.internal.protocol.Answers.error;
import static io.fluxgres.internal.protocol.Answers.int4;
import static io.fluxgres.internal.protocol.Answers.parameterDescription;
import static io.fluxgres.internal.protocol.Answers.rowDescription;
import static io.fluxgres.internal.protocol.Answers.textColumn;

import io.fluxgres.internal.protocol.ExtendedQueryState.Describe;
import io.fluxgres.internal.protocol.RowDescription.Column;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A whole answer of the server to a request, for tests that must hold for each of them. */
record Sample(String name, Supplier<Conversation> request, List<byte[]> messages) {

    private static final RowDescription KNOWN =
            new RowDescription(List.of(new Column("id", 0, (short) 0, 23, (short) 4, -1, 1)));

    static Stream<Sample> all() {
        return Stream.of(
                simple(
                        "several results, the last one empty",
                        rowDescription(int4("id"), textColumn("title")),
                        dataRow("1", "größer"),
                        dataRow("2", null),
                        commandComplete("SELECT 2"),
                        commandComplete("UPDATE 3"),
                        EMPTY_QUERY_RESPONSE,
                        IDLE),
                simple(
                        "an error behind a result",
                        rowDescription(int4("a")),
                        dataRow("1"),
                        commandComplete("SELECT 1"),
                        error("42703"),
                        FAILED_TRANSACTION),
                simple(
                        "rows without columns",
                        rowDescription(),
                        dataRow(),
                        dataRow(),
                        commandComplete("SELECT 2"),
                        IDLE),
                simple("COPY FROM STDIN", COPY_IN_RESPONSE, COPY_REFUSED, IDLE),
                simple(
                        "COPY TO STDOUT",
                        COPY_OUT_RESPONSE,
                        copyData("1\ta\n"),
                        copyData("2\tb\n"),
                        COPY_DONE,
                        commandComplete("COPY 2"),
                        IDLE),
                new Sample(
                        "parse, describe the statement, execute",
                        () -> Conversation.parsing(1, Describe.STATEMENT, 1),
                        List.of(
                                CLOSE_COMPLETE,
                                PARSE_COMPLETE,
                                parameterDescription(23, 25),
                                rowDescription(int4("id"), textColumn("t")),
                                BIND_COMPLETE,
                                dataRow("\0\0\0\1", "a"),
                                dataRow("\0\0\0\2", ""),
                                dataRow(null, null),
                                commandComplete("SELECT 3"),
                                IN_TRANSACTION)),
                new Sample(
                        "parse, describe the portal, execute",
                        () -> Conversation.parsing(Describe.PORTAL),
                        List.of(
                                PARSE_COMPLETE,
                                BIND_COMPLETE,
                                rowDescription(column("id", 23, 4, 1)),
                                dataRow("1234"),
                                commandComplete("SELECT 1"),
                                IDLE)),
                new Sample(
                        "a command",
                        () -> Conversation.parsing(Describe.STATEMENT),
                        List.of(
                                PARSE_COMPLETE,
                                parameterDescription(25),
                                NO_DATA,
                                BIND_COMPLETE,
                                commandComplete("INSERT 0 1"),
                                IDLE)),
                new Sample(
                        "a command that fails at its commit",
                        () -> Conversation.prepared(0, null),
                        List.of(BIND_COMPLETE, commandComplete("INSERT 0 1"), error("23505"), IDLE)),
                new Sample(
                        "a prepared statement",
                        () -> Conversation.prepared(2, KNOWN),
                        List.of(
                                CLOSE_COMPLETE,
                                CLOSE_COMPLETE,
                                BIND_COMPLETE,
                                dataRow("1234"),
                                dataRow("5678"),
                                dataRow((String) null),
                                commandComplete("SELECT 3"),
                                IDLE)),
                new Sample(
                        "COPY FROM STDIN by the extended protocol",
                        () -> Conversation.parsing(Describe.PORTAL),
                        List.of(PARSE_COMPLETE, BIND_COMPLETE, NO_DATA, COPY_IN_RESPONSE, COPY_REFUSED, IDLE)),
                new Sample(
                        "COPY into a view by the extended protocol",
                        () -> Conversation.prepared(0, null),
                        List.of(BIND_COMPLETE, COPY_IN_RESPONSE, error("42809"), IDLE, IDLE)),
                new Sample(
                        "a query behind BEGIN and SAVEPOINT",
                        () -> Conversation.prefixed(1, 2),
                        List.of(
                                CLOSE_COMPLETE,
                                PARSE_COMPLETE,
                                BIND_COMPLETE,
                                commandComplete("BEGIN"),
                                PARSE_COMPLETE,
                                BIND_COMPLETE,
                                commandComplete("SAVEPOINT"),
                                PARSE_COMPLETE,
                                BIND_COMPLETE,
                                rowDescription(int4("id")),
                                dataRow("1"),
                                commandComplete("SELECT 1"),
                                IN_TRANSACTION)),
                new Sample("a BEGIN that fails", () -> Conversation.prefixed(0, 1), List.of(error("25006"), IDLE)),
                new Sample(
                        "a portal in chunks whose rows end with one",
                        () -> Conversation.parsingPortal(2),
                        List.of(
                                PARSE_COMPLETE,
                                parameterDescription(),
                                rowDescription(int4("id")),
                                BIND_COMPLETE,
                                dataRow("1"),
                                dataRow("2"),
                                PORTAL_SUSPENDED,
                                dataRow("3"),
                                dataRow("4"),
                                PORTAL_SUSPENDED,
                                commandComplete("SELECT 0"),
                                IDLE)),
                new Sample(
                        "a portal in chunks whose rows end in front of the Execute that was sent ahead",
                        () -> Conversation.preparedPortal(3, KNOWN),
                        List.of(
                                BIND_COMPLETE,
                                dataRow("1234"),
                                dataRow("5678"),
                                commandComplete("SELECT 2"),
                                commandComplete("SELECT 0"),
                                IDLE)),
                new Sample(
                        "a portal in chunks that fails in the second",
                        () -> Conversation.preparedPortal(1, KNOWN),
                        List.of(BIND_COMPLETE, dataRow("1234"), PORTAL_SUSPENDED, error("22012"), IDLE)),
                new Sample(
                        "a chunk of a named portal",
                        () -> Conversation.firstChunk(2, KNOWN),
                        List.of(BIND_COMPLETE, dataRow("1234"), dataRow("5678"), PORTAL_SUSPENDED, IN_TRANSACTION)),
                new Sample(
                        "the last chunk of a named portal",
                        () -> Conversation.nextChunk(2, KNOWN),
                        List.of(dataRow("1234"), commandComplete("SELECT 1"), IN_TRANSACTION)),
                new Sample("the close of a portal", Conversation::closePortal, List.of(CLOSE_COMPLETE, IN_TRANSACTION)),
                new Sample(
                        "a batch of one statement",
                        () -> Conversation.batch(1, batch -> {
                            batch.onParsedItemWritten();
                            batch.onItemWritten();
                            batch.onItemWritten();
                            batch.onSyncWritten();
                        }),
                        List.of(
                                CLOSE_COMPLETE,
                                PARSE_COMPLETE,
                                parameterDescription(23),
                                rowDescription(int4("id")),
                                BIND_COMPLETE,
                                dataRow("1234"),
                                commandComplete("INSERT 0 1"),
                                BIND_COMPLETE,
                                commandComplete("INSERT 0 0"),
                                BIND_COMPLETE,
                                dataRow("5678"),
                                dataRow((String) null),
                                commandComplete("INSERT 0 2"),
                                IDLE)),
                new Sample(
                        "a batch of several statements that fails",
                        () -> Conversation.batch(0, batch -> {
                            batch.onPreparedItemWritten(KNOWN);
                            batch.onParsedItemWritten();
                            batch.onParsedItemWritten();
                            batch.onSyncWritten();
                        }),
                        List.of(
                                BIND_COMPLETE,
                                dataRow("1234"),
                                commandComplete("SELECT 1"),
                                PARSE_COMPLETE,
                                parameterDescription(),
                                NO_DATA,
                                BIND_COMPLETE,
                                error("23505"),
                                IDLE)),
                new Sample(
                        "prepare",
                        Conversation::prepare,
                        List.of(PARSE_COMPLETE, parameterDescription(23), rowDescription(int4("id")), IDLE)),
                new Sample(
                        "prepare what is wrong", Conversation::prepare, List.of(PARSE_COMPLETE, error("42P18"), IDLE)));
    }

    private static Sample simple(String name, byte[]... messages) {
        return new Sample(name, Conversation::simpleQuery, List.of(messages));
    }

    byte[] stream() {
        return Wire.join(messages.toArray(byte[][]::new));
    }

    @Override
    public String toString() {
        return name;
    }
}
