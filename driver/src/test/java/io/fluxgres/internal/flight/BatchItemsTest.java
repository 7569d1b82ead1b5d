package io.fluxgres.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.internal.statement.BoundStatement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatchItemsTest {

    private final List<String> taken = new ArrayList<>();

    private Iterator<BoundStatement> items(String... sqls) {
        return Stream.of(sqls)
                .peek(taken::add)
                .<BoundStatement>map(BoundStatement::new)
                .iterator();
    }

    private static List<String> rest(BatchItems items) throws Throwable {
        List<String> sqls = new ArrayList<>();
        for (BoundStatement item = items.next(); item != null; item = items.next()) {
            sqls.add(item.sql());
        }
        return sqls;
    }

    @Test
    void itemsAreTakenOneByOne() throws Throwable {
        BatchItems items = new BatchItems(() -> items("a", "b", "c"));
        assertThat(taken).isEmpty();
        items.next();
        assertThat(taken).containsExactly("a");
        assertThat(rest(items)).containsExactly("b", "c");
    }

    @Test
    void whatIsPeekedAtStaysTheNext() throws Throwable {
        BatchItems items = new BatchItems(() -> items("a", "b"));
        assertThat(items.peek()).isSameAs(items.peek());
        assertThat(taken).containsExactly("a");
        assertThat(rest(items)).containsExactly("a", "b");
        assertThat(items.peek()).isNull();
    }

    @Test
    void whatIsThrownWhenPeekedAtIsThrownWhenTaken() {
        IllegalStateException thrown = new IllegalStateException("no");
        BatchItems items = new BatchItems(() -> {
            throw thrown;
        });
        assertThat(items.peek()).isNull();
        assertThatThrownBy(items::next).isSameAs(thrown);
    }

    @Test
    void untilTheFirstAnswerAllItemsCanBeHadAgain() throws Throwable {
        BatchItems items = new BatchItems(() -> items("a", "b", "c"));
        items.next();
        items.next();

        BatchItems again = items.again();
        assertThat(taken).containsExactly("a", "b");
        assertThat(rest(again)).containsExactly("a", "b", "c");
        assertThat(taken).containsExactly("a", "b", "c");
    }

    @Test
    void behindTheFirstAnswerWhatWasTakenIsNotKept() throws Throwable {
        BatchItems items = new BatchItems(() -> items("a", "b", "c"));
        items.next();
        items.onAnswered();
        items.next();

        assertThat(rest(items.again())).containsExactly("c");
    }
}
