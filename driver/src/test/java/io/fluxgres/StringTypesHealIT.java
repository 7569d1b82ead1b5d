package io.fluxgres;

import static io.fluxgres.Connections.TIMEOUT;
import static io.fluxgres.Connections.failure;
import static io.fluxgres.Connections.list;
import static io.fluxgres.Connections.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.PostgresExtension;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What the server refuses with strings of either kind of type today it may accept tomorrow: no refusal is remembered. */
@Timeout(60)
class StringTypesHealIT {

    private static final String ID = "6f0d6be2-9c58-4bd5-8a0c-9e6a4a4ef001";
    private static final String CALL = "select identity_of($1)::text";
    private static final String FILTER = "select id::text from document where id = $1";

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private PgClient client;
    /** Two connections of one factory. */
    private PgConnection connection;

    private PgConnection other;

    @BeforeEach
    void open() {
        postgres.execute("drop table if exists document; create table document (id json);"
                + " drop function if exists identity_of(uuid); drop function if exists identity_of(varchar)");
        client = PgClient.create(PgOptions.parse(postgres.url()));
        connection = connect();
        other = connect();
    }

    private PgConnection connect() {
        PgConnection opened = client.connect().block(TIMEOUT);
        assertThat(opened).isNotNull();
        return opened;
    }

    @AfterEach
    void close() {
        Connections.close(connection);
        Connections.close(other);
        client.close().block(TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aFunctionThatIsCreatedLaterIsFound(int refusals) {
        for (int i = 0; i < refusals; i++) {
            assertRefused(connection.query(CALL).bind(ID));
        }

        createFunctionOf("uuid");

        assertAnswers(connection.query(CALL).bind(ID));
        assertAnswers(other.query(CALL).bind(ID));
        assertAnswers(client.query(CALL).bind(ID));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aColumnThatBecomesAUuidIsFiltered(int refusals) {
        for (int i = 0; i < refusals; i++) {
            assertRefused(connection.query(FILTER).bind(ID));
            assertRefused(client.query(FILTER).bind(ID));
        }

        postgres.execute(
                "alter table document alter id type uuid using null; insert into document values ('" + ID + "')");

        assertAnswers(other.query(FILTER).bind(ID));
        assertAnswers(connection.query(FILTER).bind(ID));
        assertAnswers(client.query(FILTER).bind(ID));
    }

    @Test
    void aFunctionIsFoundWhoseParameterChangesItsType() {
        for (String type : List.of("uuid", "varchar", "uuid", "varchar")) {
            postgres.execute("drop function if exists identity_of(uuid); drop function if exists identity_of(varchar)");
            createFunctionOf(type);
            for (int execution = 0; execution < 4; execution++) {
                assertAnswers(connection.query(CALL).bind(ID));
                assertAnswers(other.query(CALL).bind(ID));
            }
        }
    }

    @Test
    void inATransactionToo() {
        assertRefused(callInTransaction());
        assertRefused(callInTransaction());

        createFunctionOf("uuid");

        assertThat(list(callInTransaction())).containsExactly(ID);
        assertThat(list(callInTransaction())).containsExactly(ID);
    }

    private Flux<String> callInTransaction() {
        return connection.inTransaction(transaction -> transaction
                .query("select 1")
                .rowsUpdated()
                .thenMany(transaction.query(CALL).bind(ID).map(row -> row.getString(0))));
    }

    @Test
    void inABatchToo() {
        assertRefused(batch());
        assertRefused(batch());

        createFunctionOf("uuid");

        assertThat(list(batch())).containsExactly(ID, ID);
        assertThat(list(batch())).containsExactly(ID, ID);
    }

    private Flux<String> batch() {
        return connection
                .query(CALL)
                .bindAll(List.of(new Object[] {ID}, new Object[] {ID}))
                .map(row -> row.getString(0));
    }

    @Test
    void theErrorOfTheDeclaredAttemptIsToldEachTime() {
        for (int i = 0; i < 4; i++) {
            assertThat(failure(
                            PgServerException.class,
                            connection.query(CALL).bind(ID).rowsUpdated()))
                    .hasMessageContaining("identity_of(character varying)");
        }
    }

    private static void createFunctionOf(String type) {
        postgres.execute("create function identity_of(id " + type + ") returns text language sql as 'select id::text'");
    }

    private static void assertAnswers(PgQuery query) {
        assertThat(texts(query)).containsExactly(ID);
    }

    private static void assertRefused(PgQuery query) {
        assertRefused(query.map(row -> row.getString(0)));
    }

    private static void assertRefused(Flux<String> values) {
        PgException refused = failure(PgException.class, values);
        assertThat(refused.sqlState()).isEqualTo("42883");
    }
}
