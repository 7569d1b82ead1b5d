package io.fluxgres.internal.statement;

import static io.fluxgres.internal.statement.BoundValues.CODECS;
import static io.fluxgres.internal.statement.BoundValues.bound;
import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.codec.PgType;
import io.fluxgres.internal.protocol.FrontendWriter;
import io.fluxgres.internal.protocol.Ledger;
import io.fluxgres.internal.protocol.RowDescription;
import io.fluxgres.internal.statement.StatementCache.CachedText;
import io.fluxgres.internal.statement.TextTypes.StringTypes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StatementCacheTest {

    private static final ResultShape OF_INT4 = shape(PgType.INT4);
    private static final ResultShape OF_INTERVAL = shape(PgType.unknown(1186));

    @Test
    void aTextIsPreparedFromTheThresholdOn() {
        StatementCache cache = cache(8, 3);
        assertThat(candidate(cache, "select 1")).isNull();
        assertThat(candidate(cache, "select 1")).isNull();
        assertThat(candidate(cache, "select 1")).isNotNull();
    }

    @Test
    void aThresholdOfOnePreparesAtOnce() {
        assertThat(candidate(cache(8, 1), "select 1")).isNotNull();
    }

    @Test
    void textsAreCountedApart() {
        StatementCache cache = cache(8, 2);
        candidate(cache, "select 1");
        assertThat(candidate(cache, "select 2")).isNull();
        assertThat(candidate(cache, "select 1 ")).isNull();
        assertThat(candidate(cache, "select 1")).isNotNull();
    }

    @Test
    void aPreparedStatementIsFoundByItsTypes() {
        StatementCache cache = cache(8, 1);
        PreparedStatement ofInt = prepare(cache, "select $1", 1);
        PreparedStatement ofText = prepare(cache, "select $1", "a");
        CachedText text = cache.execute("select $1");
        assertThat(cache.find(text, bound(2))).isSameAs(ofInt);
        assertThat(cache.find(text, bound("b"))).isSameAs(ofText);
        assertThat(cache.find(text, bound(2L))).isNull();
        assertThat(cache.find(cache.execute("select $2"), bound(2))).isNull();
    }

    @Test
    void noMoreThanFourVariantsOfATextArePrepared() {
        StatementCache cache = cache(8, 1);
        for (Object value : List.of(1, 1L, "a", true)) {
            prepare(cache, "select $1", value);
        }
        CachedText text = cache.execute("select $1");
        assertThat(cache.candidate(text, bound(1.0))).isNull();
        assertThat(cache.find(text, bound(1))).isNotNull();
        assertThat(closed(cache)).isEmpty();
    }

    @Test
    void namesDifferOnAConnectionAndBetweenConnections() {
        StatementCache cache = cache(8, 1);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            names.add(prepare(cache, "select " + i).name().toString());
            names.add(prepare(cache(8, 1), "select " + i).name().toString());
        }
        assertThat(names).doesNotHaveDuplicates();
    }

    @Test
    void whileATextIsBeingPreparedItIsNotPreparedAgain() {
        StatementCache cache = cache(8, 1);
        CachedText text = cache.execute("select $1");
        PreparedStatement first = Objects.requireNonNull(cache.candidate(text, bound(1)));
        assertThat(cache.candidate(text, bound(1))).isNull();
        assertThat(cache.candidate(text, bound("a"))).isNull();
        assertThat(cache.find(text, bound(1))).isNull();
        complete(cache, text, first);
        assertThat(cache.find(text, bound(1))).isSameAs(first);
        assertThat(cache.candidate(text, bound("a"))).isNotNull();
    }

    @Test
    void theTextUsedLongestAgoIsForgottenAndItsStatementsAreClosed() {
        StatementCache cache = cache(2, 1);
        PreparedStatement a1 = prepare(cache, "select $1 as a", 1);
        PreparedStatement a2 = prepare(cache, "select $1 as a", "x");
        PreparedStatement b = prepare(cache, "select $1 as b", 1);
        cache.execute("select $1 as a");
        prepare(cache, "select $1 as c", 1);
        assertThat(closed(cache)).containsExactly(b.name().toString());
        prepare(cache, "select $1 as d", 1);
        assertThat(closed(cache))
                .containsExactly(a1.name().toString(), a2.name().toString());
        assertThat(cache.find(cache.execute("select $1 as a"), bound(1))).isNull();
    }

    @Test
    void aStatementThatBecameKnownBehindTheEvictionOfItsTextIsClosed() {
        StatementCache cache = cache(1, 1);
        CachedText text = cache.execute("select 1");
        PreparedStatement statement = Objects.requireNonNull(cache.candidate(text, bound()));
        cache.execute("select 2");
        assertThat(closed(cache)).isEmpty();
        complete(cache, text, statement);
        assertThat(closed(cache)).containsExactly(statement.name().toString());
    }

    @Test
    void closesAreWrittenAgainUntilTheirFlightWasWritten() {
        StatementCache cache = cache(1, 1);
        String name = prepare(cache, "select 1").name().toString();
        cache.execute("select 2");
        assertThat(writtenCloses(cache)).containsExactly(name);
        assertThat(writtenCloses(cache)).containsExactly(name);
        cache.closesWritten(1);
        assertThat(writtenCloses(cache)).isEmpty();
    }

    @Test
    void closesThatBecomeDueWhileAFlightIsWrittenGoWithTheNext() {
        StatementCache cache = cache(1, 1);
        prepare(cache, "select 1");
        String later = prepare(cache, "select 2").name().toString();
        int due = writtenCloses(cache).size();
        cache.execute("select 3");
        cache.closesWritten(due);

        assertThat(writtenCloses(cache)).containsExactly(later);
    }

    @Test
    void textsThatAreNotCacheableLeaveTheCacheAlone() {
        StatementCache cache = cache(1, 1);
        PreparedStatement kept = prepare(cache, "select 1");
        for (int i = 0; i < 3; i++) {
            assertThat(candidate(cache, "begin")).isNull();
            assertThat(candidate(cache, "fetch 1 from c")).isNull();
        }
        assertThat(cache.find(cache.execute("select 1"), bound())).isSameAs(kept);
        assertThat(closed(cache)).isEmpty();
    }

    @Test
    void aCacheOfSizeZeroPreparesNothing() {
        StatementCache cache = cache(0, 1);
        for (int i = 0; i < 3; i++) {
            assertThat(candidate(cache, "select 1")).isNull();
        }
        assertThat(closed(cache)).isEmpty();
    }

    @Test
    void aStatementThatTheServerRefusedToParseIsForgottenAndItsTextMayBePreparedAgain() {
        StatementCache cache = cache(8, 1);
        CachedText text = cache.execute("select nonsense");
        cache.onParsed(text, Objects.requireNonNull(cache.candidate(text, bound())));
        assertThat(cache.find(text, bound())).isNull();
        assertThat(closed(cache)).isEmpty();
        assertThat(cache.candidate(text, bound())).isNotNull();
    }

    @Test
    void aStatementThatWasParsedAndNotDescribedIsClosed() {
        StatementCache cache = cache(8, 1);
        CachedText text = cache.execute("select 1");
        PreparedStatement statement = Objects.requireNonNull(cache.candidate(text, bound()));
        statement.onParseComplete();
        cache.onParsed(text, statement);
        assertThat(cache.find(text, bound())).isNull();
        assertThat(closed(cache)).containsExactly(statement.name().toString());
    }

    @Test
    void aStaleStatementIsClosedOnceAndPreparedUnderAnotherName() {
        StatementCache cache = cache(8, 1);
        PreparedStatement stale = prepare(cache, "select 1");
        CachedText text = cache.execute("select 1");
        cache.evict(text, stale);
        cache.evict(text, stale);
        assertThat(closed(cache)).containsExactly(stale.name().toString());
        assertThat(cache.find(text, bound())).isNull();
        assertThat(prepare(cache, "select 1").name().toString())
                .isNotEqualTo(stale.name().toString());
    }

    @Test
    void afterTheServerDroppedAllNothingIsFoundAndNothingClosed() {
        StatementCache cache = cache(1, 1);
        prepare(cache, "select 1");
        PreparedStatement dropped = prepare(cache, "select 2");
        cache.clear();
        assertThat(cache.find(cache.execute("select 2"), bound())).isNull();
        assertThat(closed(cache)).isEmpty();
        assertThat(prepare(cache, "select 2").name().toString())
                .isNotEqualTo(dropped.name().toString());
    }

    @Test
    void theNextConnectionOfTheFactoryLearnsWhoChoosesTheTypesOfStrings() {
        StatementHints hints = new StatementHints();
        StatementCache cache = new StatementCache(8, 2, hints);
        assertThat(cache.execute("select 1").types().strings()).isEqualTo(StringTypes.UNTRIED);
        cache.learn(cache.execute("select 1"), types -> types.withStrings(StringTypes.INFERRED));
        assertThat(cache.execute("select 1").types().strings()).isEqualTo(StringTypes.INFERRED);
        assertThat(new StatementCache(8, 2, hints).execute("select 1").types().strings())
                .isEqualTo(StringTypes.INFERRED);
    }

    @Test
    void whatTwoConnectionsLearnOfOneTextIsAdded() {
        StatementHints hints = new StatementHints();
        StatementCache one = new StatementCache(8, 2, hints);
        StatementCache other = new StatementCache(8, 2, hints);
        CachedText ofOne = one.execute("select 1");
        CachedText ofOther = other.execute("select 1");
        one.learn(ofOne, types -> types.withStrings(StringTypes.INFERRED));
        other.learn(ofOther, types -> types.withNulls(1, 2));

        TypeChoice choice = hints.get("select 1").choice();

        assertThat(choice.infersStrings()).isTrue();
        assertThat(choice.declaredNulls()).isEqualTo(2);
        assertThat(hints.get("select 1").areNullsUntried(3)).isFalse();
    }

    @Test
    void hintsAreBoundedInNumberAndLength() {
        StatementHints hints = new StatementHints();
        learn(hints, "select 1");
        for (int i = 0; i < 1023; i++) {
            learn(hints, "select " + i + " as v");
        }
        assertThat(isLearnt(hints, "select 1")).isTrue();
        learn(hints, "one too many");
        assertThat(isLearnt(hints, "select 0 as v")).isFalse();
        assertThat(isLearnt(hints, "select 1")).isTrue();
        learn(hints, "x".repeat(16 * 1024));
        learn(hints, "x".repeat(16 * 1024 + 1));
        assertThat(isLearnt(hints, "x".repeat(16 * 1024))).isTrue();
        assertThat(isLearnt(hints, "x".repeat(16 * 1024 + 1))).isFalse();
    }

    private static void learn(StatementHints hints, String sql) {
        hints.learn(sql, types -> types.withStrings(StringTypes.INFERRED));
    }

    private static boolean isLearnt(StatementHints hints, String sql) {
        return hints.get(sql).strings() == StringTypes.INFERRED;
    }

    private static StatementCache cache(int size, int threshold) {
        return new StatementCache(size, threshold, new StatementHints());
    }

    private static @Nullable PreparedStatement candidate(StatementCache cache, String sql) {
        return cache.candidate(cache.execute(sql), bound());
    }

    /** Executes the text as often as it takes to have it prepared. */
    private static PreparedStatement prepare(StatementCache cache, String sql, Object... values) {
        CachedText text = cache.execute(sql);
        PreparedStatement statement = Objects.requireNonNull(cache.candidate(text, bound(values)));
        complete(cache, text, statement);
        return statement;
    }

    private static void complete(StatementCache cache, CachedText text, PreparedStatement statement) {
        statement.onParseComplete();
        statement.onDescription(null);
        cache.onParsed(text, statement);
    }

    /** Returns the names in the Close messages that are due, and takes them as written. */
    private static List<String> closed(StatementCache cache) {
        List<String> names = writtenCloses(cache);
        cache.closesWritten(names.size());
        return names;
    }

    private static List<String> writtenCloses(StatementCache cache) {
        FrontendWriter out = new FrontendWriter(UnpooledByteBufAllocator.DEFAULT, new Ledger());
        int count = cache.writeCloses(out);
        List<String> names = new ArrayList<>();
        ByteBuf written = out.take();
        if (written != null) {
            while (written.isReadable()) {
                assertThat(written.readByte()).isEqualTo((byte) 'C');
                int length = written.readInt();
                assertThat(written.readByte()).isEqualTo((byte) 'S');
                names.add(written.readCharSequence(length - 6, StandardCharsets.UTF_8)
                        .toString());
                written.skipBytes(1);
            }
            written.release();
        }
        assertThat(names).hasSize(count);
        return names;
    }

    private static ResultShape shape(PgType type) {
        RowDescription.Column column = new RowDescription.Column("v", 0, (short) 0, type.oid(), (short) -1, -1, 0);
        return new ResultShape(new RowDescription(List.of(column)), CODECS);
    }
}
