package io.fluxgres;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * The frame of tests that converse at random with a server for some seconds, from a seed that is always the same and from one
 * that is always new.
 *
 * <p>Each test prints its seed. {@code -Dfluxgres.model.seed=n} repeats one, as far as the threads allow, and
 * {@code -Dfluxgres.model.seconds=n} lets every seed run longer.
 */
final class RandomConversations {

    private RandomConversations() {}

    /** Something that a test does again and again, all of it decided by the random numbers. */
    interface Conversation {

        /** @param name tells the seed and the number, for what fails */
        void converse(Random random, String name) throws Exception;
    }

    static LongStream seeds() {
        Long chosen = Long.getLong("fluxgres.model.seed");
        return chosen == null ? LongStream.of(20_240_229, new Random().nextLong()) : LongStream.of(chosen);
    }

    /** Converses at least once, until the seconds have passed, and prints how to repeat it. */
    static void repeat(Class<?> test, long seed, int defaultSeconds, Conversation conversation) throws Exception {
        System.out.println(test.getSimpleName() + " -Dfluxgres.model.seed=" + seed);
        Duration period = Duration.ofSeconds(Integer.getInteger("fluxgres.model.seconds", defaultSeconds));
        Random random = new Random(seed);
        long deadline = System.nanoTime() + period.toNanos();
        int number = 0;
        do {
            conversation.converse(new Random(random.nextLong()), "seed " + seed + ", conversation " + number);
            number++;
        } while (System.nanoTime() < deadline);
    }
}
