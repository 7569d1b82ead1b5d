package io.fluxgres;

import static io.fluxgres.Connections.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.testkit.PostgresExtension;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RowMappingIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    private static final String BOOKS = "select * from (values (7::bigint, 'Solaris', 9.95, date '1961-01-01'),"
            + " (8, 'Fiasco', null, null)) as book (id, title, price, published_at)";

    private record Book(
            long id,
            String title,
            @Nullable BigDecimal price,
            @Nullable LocalDate publishedAt) {}

    private record Refusing(int id) {
        Refusing {
            if (id < 0) {
                throw new IllegalArgumentException("below 0");
            }
        }
    }

    private record Nothing() {}

    static class Shelf {
        private int id;
        private @Nullable String title = "unset";
        private String untouched = "as it was";
        private boolean fluent;

        public void setId(int id) {
            this.id = id;
        }

        public void setTitle(@Nullable String title) {
            this.title = title;
        }

        public void setUntouched(String untouched) {
            this.untouched = untouched;
        }

        public Shelf setFluent(boolean fluent) {
            this.fluent = fluent;
            return this;
        }

        @Override
        public String toString() {
            return id + " " + title + " " + untouched + " " + fluent;
        }
    }

    private static final class WithoutSuchConstructor {
        WithoutSuchConstructor(int id) {
            assertThat(id).isZero();
        }
    }

    private final PgClient client = PgClient.create(postgres.url());

    private PgConnection connection;

    @BeforeEach
    void connect() {
        connection = Connections.open(postgres);
    }

    @AfterEach
    void close() {
        Connections.close(connection);
        client.close().block(Connections.TIMEOUT);
    }

    @Test
    void recordsTakeTheirComponentsByName() {
        List<Book> expected = List.of(
                new Book(7, "Solaris", new BigDecimal("9.95"), LocalDate.of(1961, 1, 1)),
                new Book(8, "Fiasco", null, null));

        assertThat(list(connection.query(BOOKS).as(Book.class))).isEqualTo(expected);
        assertThat(list(client.query(BOOKS).as(Book.class))).isEqualTo(expected);
        // binary results from the second execution on
        assertThat(list(connection.query(BOOKS).as(Book.class))).isEqualTo(expected);
        assertThat(list(connection.query(BOOKS).as(Book.class))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"publishedat", "\"publishedAt\"", "published_at", "\"PUBLISHED_AT\"", "\"PublishedAt\""})
    void namesAreEqualButForCaseAndUnderscores(String name) {
        String sql = "select 1::bigint as id, 'x' as title, 1.5 as price, date '2020-02-02' as " + name;

        assertThat(list(connection.query(sql).as(Book.class)))
                .extracting(Book::publishedAt)
                .containsExactly(LocalDate.of(2020, 2, 2));
    }

    @Test
    void anExactNameGoesBeforeOneThatIsOnlyEqual() {
        String sql = "select 1::bigint as \"ID\", 2::bigint as id, 'x' as title, 1.5 as price, null::date published_at";

        assertThat(list(connection.query(sql).as(Book.class)))
                .extracting(Book::id)
                .containsExactly(2L);
    }

    @Test
    void aMappingServesResultsOfDifferentColumns() {
        var refusing = connection.query("select 1 as id").as(Refusing.class);

        assertThat(list(refusing.concatWith(
                        connection.query("select 'x' as other, 2 as id").as(Refusing.class))))
                .containsExactly(new Refusing(1), new Refusing(2));
    }

    @Test
    void columnsThatNobodyAsksForAreIgnored() {
        assertThat(list(connection.query("select 1 as a, 2 as id, 3 as b").as(Refusing.class)))
                .containsExactly(new Refusing(2));
        assertThat(list(connection.query("select 1 as a").as(Nothing.class))).containsExactly(new Nothing());
    }

    @Test
    void aMissingColumnIsAUsageErrorThatNamesTheComponent() {
        PgUsageException error = Connections.failure(
                PgUsageException.class,
                connection.query("select 1::bigint as id, 'x' as title").as(Book.class));

        assertThat(error).hasMessageContaining("price, publishedAt").hasMessageContaining("[id, title]");
        assertThat(error.safeToRetry()).isFalse();
        Connections.assertAnswers(connection);
    }

    @Test
    void nullForAPrimitiveNamesTheColumn() {
        assertThat(Connections.failure(
                        PgConversionException.class,
                        connection.query("select null::int as id").as(Refusing.class)))
                .hasMessageContaining("\"id\"")
                .hasMessageContaining("NULL");
    }

    @Test
    void whatTheConstructorThrowsIsSignalled() {
        assertThat(Connections.failure(
                        IllegalArgumentException.class,
                        connection.query("select -1 as id").as(Refusing.class)))
                .hasMessage("below 0");
        Connections.assertAnswers(connection);
    }

    @Test
    void beansTakeWhatTheyHaveSettersFor() {
        assertThat(list(connection
                        .query("select 3 as id, null::text as title, true as fluent, 1 as surplus")
                        .as(Shelf.class)))
                .hasToString("[3 null as it was true]");
    }

    @Test
    void aBeanThatNoColumnCorrespondsToIsAUsageError() {
        assertThat(Connections.failure(
                        PgUsageException.class,
                        connection.query("select 1 as surplus").as(Shelf.class)))
                .hasMessageContaining("[surplus]");
    }

    @Test
    void aSingleColumnIsMappedToTheClassOfItsValue() {
        for (int execution = 0; execution < 3; execution++) {
            assertThat(list(connection.query("select 'x'").as(String.class))).containsExactly("x");
            assertThat(list(client.query("select 5::int8").as(Long.class))).containsExactly(5L);
            assertThat(list(connection
                            .query("select n from generate_series(1, 3) n")
                            .as(int.class)))
                    .containsExactly(1, 2, 3);
            assertThat(list(connection.query("select date '2024-02-29'").as(LocalDate.class)))
                    .containsExactly(LocalDate.of(2024, 2, 29));
            assertThat(list(connection.query("select '\\x01'::bytea").as(byte[].class)))
                    .containsExactly(new byte[] {1});
        }
    }

    @Test
    void aSingleColumnIsNeitherNullNorOneOfMany() {
        assertThat(Connections.failure(
                        PgConversionException.class,
                        connection.query("select null::text as title").as(String.class)))
                .hasMessageContaining("\"title\"")
                .hasMessageContaining("NULL");
        assertThat(Connections.failure(
                        PgUsageException.class,
                        connection.query("select 1 as a, 2 as b").as(Long.class)))
                .hasMessage("rows are mapped to java.lang.Long by their only column, but the columns are [a, b]");
        Connections.assertAnswers(connection);
    }

    @Test
    void classesWithoutSettersAreRefusedForThatReason() {
        for (Class<?> type : List.of(Object.class, RowMappingIT.class)) {
            assertThatThrownBy(() -> connection.query("select 1 as id").as(type))
                    .isInstanceOf(PgUsageException.class)
                    .hasMessageStartingWith("rows cannot be mapped to " + type.getName() + ": ")
                    .hasMessageContaining("it has no public setter");
        }
    }

    @Test
    void classesThatNoObjectCanBeMadeOfAreRefusedAtOnce() {
        PgQuery query = connection.query("select 1 as id");
        for (Class<?> type :
                List.of(WithoutSuchConstructor.class, Runnable.class, void.class, String[].class, Number.class)) {
            assertThatThrownBy(() -> query.as(type))
                    .isInstanceOf(PgUsageException.class)
                    .hasMessageContaining(type.getTypeName());
        }
    }
}
