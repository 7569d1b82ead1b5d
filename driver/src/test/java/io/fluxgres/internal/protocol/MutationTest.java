package io.fluxgres.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Damaged streams are accepted or a {@link ProtocolViolation}, nothing else. What a message means depends on its own bytes
 * only: a state that is fed each message alone in a buffer of its own, where a read outside has nothing to read, comes to
 * the same.
 */
class MutationTest {

    private static final int MUTATIONS = 20_000;

    private final List<Sample> samples = Sample.all().toList();

    @Test
    void aDamagedStreamIsAcceptedOrAViolationAndNothingElse() {
        int accepted = 0;
        int violations = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(seed);
            Sample sample = samples.get(random.nextInt(samples.size()));
            byte[] stream = mutate(sample, random);
            if (isAccepted(sample, stream, seed)) {
                accepted++;
            } else {
                violations++;
            }
        }
        assertThat(accepted).isGreaterThan(MUTATIONS / 20);
        assertThat(violations).isGreaterThan(MUTATIONS / 4);
    }

    private static boolean isAccepted(Sample sample, byte[] stream, int seed) {
        String what = "seed " + seed + ", " + sample + ", " + HexFormat.of().formatHex(stream);
        Conversation whole = sample.request().get();
        Conversation alone = sample.request().get();
        List<String> violations = new ArrayList<>();
        try {
            try {
                whole.play(stream);
            } catch (ProtocolViolation violation) {
                violations.add(String.valueOf(violation.getMessage()));
            }
            try {
                playEachMessageAlone(alone, stream);
            } catch (ProtocolViolation violation) {
                assertThat(violation.getMessage()).as(what).isEqualTo(violations.get(0));
            }
        } catch (RuntimeException | Error failure) {
            throw new AssertionError(what, failure);
        }
        assertThat(alone.events()).as(what).isEqualTo(whole.events());
        assertThat(alone.sent()).as(what).isEqualTo(whole.sent());
        assertThat(whole.usedMemory() + alone.usedMemory()).as(what).isZero();
        return violations.isEmpty();
    }

    /** Stops where the framing is broken or incomplete; that is for the reader of the whole stream to find. */
    private static void playEachMessageAlone(Conversation conversation, byte[] stream) {
        Signal signal = Signal.CONTINUE;
        for (int start = 0; stream.length - start >= 5 && signal != Signal.DONE; ) {
            int length = Unpooled.wrappedBuffer(stream).getInt(start + 1);
            if (length < 4 || length > stream.length - start - 1) {
                return;
            }
            ByteBuf message = Unpooled.wrappedBuffer(Arrays.copyOfRange(stream, start, start + 1 + length));
            signal = playAlone(conversation, message);
            start += 1 + length;
        }
    }

    private static Signal playAlone(Conversation conversation, ByteBuf message) {
        BackendReader in = new BackendReader(MessageLimits.DEFAULT);
        assertThat(in.next(message)).isTrue();
        switch (in.type()) {
            case BackendMessage.NOTICE_RESPONSE,
                    BackendMessage.NOTIFICATION_RESPONSE,
                    BackendMessage.PARAMETER_STATUS -> {
                return Signal.CONTINUE;
            }
            case BackendMessage.READY_FOR_QUERY -> conversation.ledger().received();
            default -> {}
        }
        Signal signal = conversation.state().onMessage(in, conversation.feed().out());
        in.finish();
        return signal;
    }

    private byte[] mutate(Sample sample, Random random) {
        List<byte[]> messages = new ArrayList<>(sample.messages());
        int size = messages.size();
        switch (random.nextInt(7)) {
            case 0 -> messages.remove(random.nextInt(size));
            case 1 -> messages.add(random.nextInt(size), messages.get(random.nextInt(size)));
            case 2 -> Collections.swap(messages, random.nextInt(size), random.nextInt(size));
            case 3 -> {
                List<byte[]> others =
                        samples.get(random.nextInt(samples.size())).messages();
                messages.add(random.nextInt(size + 1), others.get(random.nextInt(others.size())));
            }
            default -> {
                return damage(Wire.join(messages.toArray(byte[][]::new)), random);
            }
        }
        byte[] stream = Wire.join(messages.toArray(byte[][]::new));
        return random.nextInt(4) == 0 ? damage(stream, random) : stream;
    }

    private static byte[] damage(byte[] stream, Random random) {
        byte[] damaged = stream.clone();
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(5)) {
                case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> damaged[at] = (byte) random.nextInt(256);
                case 2 -> damaged[at] = (byte) (random.nextBoolean() ? 0 : 0xff);
                case 3 ->
                    damaged =
                            Wire.join(Arrays.copyOf(damaged, at), Arrays.copyOfRange(damaged, at + 1, damaged.length));
                default ->
                    damaged = Wire.join(
                            Arrays.copyOf(damaged, at),
                            new byte[] {(byte) random.nextInt(256)},
                            Arrays.copyOfRange(damaged, at, damaged.length));
            }
        }
        return damaged;
    }
}
