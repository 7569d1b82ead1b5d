package io.fluxgres;

import static io.fluxgres.Connections.assertAnswers;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random statements on one connection, whose subscribers request, cancel and submit as they like, against a model: each
 * gets the rows of its own statement from the first on, one end, and no other's.
 *
 * <p>{@link RandomConversations} tells how to repeat a seed and to let it run longer.
 */
@Timeout(3600)
class ModelBasedIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @BeforeAll
    static void createTables() {
        postgres.execute(ModelStatements.SCHEMA);
    }

    @ParameterizedTest
    @MethodSource("io.fluxgres.RandomConversations#seeds")
    void everySubscriberGetsItsOwnRowsAndOneEnd(long seed) throws Exception {
        RandomConversations.repeat(ModelBasedIT.class, seed, 8, ModelBasedIT::converse);
    }

    /** Works with one connection for some rounds. */
    private static void converse(Random random, String seed) {
        PgOptions options = PgOptions.parse(postgres.url())
                .with(PgOption.STATEMENT_CACHE_SIZE, random.nextInt(5))
                .with(PgOption.PREPARE_THRESHOLD, 1 + random.nextInt(3))
                .with(PgOption.PIPELINE_DEPTH, List.of(1, 3, 256).get(random.nextInt(3)));
        PgConnection connection = Logins.connect(options);
        run(connection, "truncate log");
        ModelStatements statements = new ModelStatements(random);
        List<ModelSubscriber> all = new ArrayList<>();
        for (int round = 0; round < 8; round++) {
            String what = seed + ", round " + round;
            List<ModelSubscriber> subscribers = new ModelRound(connection, statements, random).run(what);
            assertAnswers(connection);
            assertThat(subscribers).allSatisfy(subscriber -> subscriber.check(what, statements));
            statements.onRoundEnd();
            all.addAll(subscribers);
        }
        ModelRound.checkLog(
                seed, all, list(connection.query("select n from log").map(row -> row.getInt(0))));
        Connections.close(connection);
    }
}
