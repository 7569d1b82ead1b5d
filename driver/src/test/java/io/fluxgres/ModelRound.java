package io.fluxgres;

import static io.fluxgres.Connections.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.ModelSubscriber.Written;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Many statements that are on their way at once, and subscribers that do what comes to their minds. */
final class ModelRound {

    private final PgConnection connection;
    private final ModelStatements statements;
    private final Random random;
    private final List<ModelSubscriber> subscribers = new CopyOnWriteArrayList<>();

    ModelRound(PgConnection connection, ModelStatements statements, Random random) {
        this.connection = connection;
        this.statements = statements;
        this.random = random;
    }

    /** Submits statements and returns their subscribers when all have ended. */
    List<ModelSubscriber> run(String seed) {
        return run(seed, null);
    }

    /**
     * Submits statements and returns their subscribers when all have ended.
     *
     * @param fault what happens once meanwhile, in this thread or from within a signal
     */
    List<ModelSubscriber> run(String seed, @Nullable Runnable fault) {
        AtomicBoolean struck = new AtomicBoolean(fault == null);
        Runnable once = () -> {
            if (fault != null && struck.compareAndSet(false, true)) {
                fault.run();
            }
        };
        int count = 1 + random.nextInt(60);
        int faultAt = random.nextInt(count);
        boolean fromWithin = random.nextBoolean();
        for (int n = 0; n < count; n++) {
            ModelSubscriber subscriber = ModelSubscriber.of(statements.next(), random);
            if (random.nextInt(5) == 0) {
                submitFromWithin(subscriber, statements.nextRead(), random.nextLong());
            }
            if (n == faultAt && fromWithin) {
                subscriber.atFirstSignal(once);
            }
            subscribers.add(subscriber);
            subscriber.submitTo(connection);
            if (n == faultAt && !fromWithin) {
                once.run();
            }
            if (random.nextInt(4) == 0) {
                subscribers.get(random.nextInt(subscribers.size())).act(random);
            }
        }
        List<ModelSubscriber> late = new ArrayList<>(subscribers);
        Collections.shuffle(late, random);
        late.forEach(subscriber -> subscriber.act(random));
        late.forEach(ModelSubscriber::requestTheRest);
        if (!fromWithin) {
            once.run();
        }
        awaitTheEnds(seed);
        // the subscriber that was to cause it may have been cancelled before its first signal
        once.run();
        awaitTheEnds(seed);
        return List.copyOf(subscribers);
    }

    private void submitFromWithin(ModelSubscriber outer, ModelStatements.Statement inner, long seed) {
        outer.atFirstSignal(() -> {
            ModelSubscriber subscriber = ModelSubscriber.of(inner, new Random(seed));
            subscribers.add(subscriber);
            subscriber.submitTo(connection);
        });
    }

    private void awaitTheEnds(String seed) {
        try {
            await("all have ended", () -> {
                int known = subscribers.size();
                subscribers.forEach(ModelSubscriber::requestTheRest);
                return subscribers.stream().allMatch(ModelSubscriber::hasEnded) && subscribers.size() == known;
            });
        } catch (AssertionError e) {
            List<ModelSubscriber> open =
                    subscribers.stream().filter(each -> !each.hasEnded()).toList();
            throw new AssertionError(seed + ": not ended are " + open, e);
        }
    }

    /** Demands that the log has what was acknowledged, nothing that was refused, each thing once, and batches wholly. */
    static void checkLog(String seed, Collection<ModelSubscriber> subscribers, List<Integer> log) {
        Set<Integer> found = new HashSet<>(log);
        assertThat(log).as(seed + ": what was written twice").hasSameSizeAs(found);
        for (ModelSubscriber subscriber : subscribers) {
            List<Integer> numbers = subscriber.numbers();
            if (numbers.isEmpty()) {
                continue;
            }
            long stored = numbers.stream().filter(found::contains).count();
            numbers.forEach(found::remove);
            String what = seed + ", " + subscriber + " ended with " + subscriber.error();
            assertThat(stored).as(what).isIn(0L, (long) numbers.size());
            if (subscriber.written() != Written.PERHAPS) {
                assertThat(stored).as(what).isEqualTo(subscriber.written() == Written.ALL ? numbers.size() : 0L);
            }
        }
        assertThat(found).as(seed + ": what nobody wrote").isEmpty();
    }
}
