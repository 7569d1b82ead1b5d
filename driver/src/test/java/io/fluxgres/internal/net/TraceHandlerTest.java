package io.fluxgres.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.ProtocolVersion;
import io.fluxgres.testkit.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TraceHandlerTest {

    private static final byte[] STREAM = new BackendMessages()
            .authenticationOk()
            .dataRow("x".repeat(65_000))
            .dataRow("x".repeat(100_000))
            .parseComplete()
            .readyForQuery('I')
            .toBytes();
    private static final List<String> PRINTED = List.of(
            "B\t8\tAuthenticationOk",
            "B\t65010\tDataRow\t 1 65000 '...'",
            "B\t100010\tDataRow\t (too long to be printed)",
            "B\t4\tParseComplete",
            "B\t5\tReadyForQuery\t I");

    private final List<String> lines = new ArrayList<>();
    private EmbeddedChannel channel = new EmbeddedChannel(new TraceHandler(lines::add, false));

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void theMessagesOfTheServerArePrintedHoweverTheyAreCut() {
        Random random = new Random(20261121);
        for (int longest : new int[] {1, 3, 7, 1000, 70_000, STREAM.length}) {
            lines.clear();
            List<Byte> passed = new ArrayList<>();
            for (int start = 0; start < STREAM.length; ) {
                int end = Math.min(STREAM.length, start + 1 + random.nextInt(longest));
                channel.writeInbound(Unpooled.copiedBuffer(STREAM, start, end - start));
                start = end;
                take(passed);
            }

            assertThat(lines).as("pieces of up to " + longest).isEqualTo(PRINTED);
            assertThat(passed).as("what the wire gets").hasSize(STREAM.length);
        }
    }

    private void take(List<Byte> passed) {
        for (ByteBuf buffer = channel.readInbound(); buffer != null; buffer = channel.readInbound()) {
            while (buffer.isReadable()) {
                passed.add(buffer.readByte());
            }
            buffer.release();
        }
    }

    @Test
    void aStreamWithoutLengthsIsPrintedNoFurtherButPasses() {
        byte[] http = "HTTP\0\0\0\3nothing to see here".getBytes(StandardCharsets.US_ASCII);
        byte[] bad = Arrays.copyOfRange(http, 3, http.length);

        channel.writeInbound(Unpooled.copiedBuffer(bad));
        channel.writeInbound(Unpooled.copiedBuffer(STREAM));

        assertThat(lines).containsExactly("B\t3\tUnknown message");
        List<Byte> passed = new ArrayList<>();
        take(passed);
        assertThat(passed).hasSize(bad.length + STREAM.length);
    }

    @Test
    void theFirstMessageOfTheClientHasNoType() {
        write(out -> out.startup(ProtocolVersion.V3_0, Map.of("user", "app")));
        write(out -> out.query("select 1"));
        write(FrontendWriter::terminate);

        assertThat(lines)
                .containsExactly(
                        "F\t18\tStartupMessage\t 3 0 \"user\" \"app\"",
                        "F\t13\tQuery\t \"select 1\"",
                        "F\t4\tTerminate");
    }

    @Test
    void sqlThatMayHoldValuesIsNotPrinted() {
        channel.finishAndReleaseAll();
        channel = new EmbeddedChannel(new TraceHandler(lines::add, true));
        write(out -> out.startup(ProtocolVersion.V3_0, Map.of("user", "app")));
        write(out -> out.query("select 'secret'"));

        assertThat(lines).last().isEqualTo("F\t20\tQuery\t '...'");
    }

    private void write(Consumer<FrontendWriter> messages) {
        FrontendWriter writer = new FrontendWriter(UnpooledByteBufAllocator.DEFAULT, new Ledger());
        messages.accept(writer);
        ByteBuf written = Objects.requireNonNull(writer.take());
        byte[] before = ByteBufUtil.getBytes(written);
        channel.writeOutbound(written);
        ByteBuf sent = channel.readOutbound();
        assertThat(ByteBufUtil.getBytes(sent)).isEqualTo(before);
        sent.release();
    }
}
