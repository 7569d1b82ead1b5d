package io.fluxgres.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlushWindowTest {

    @Test
    void eachEighthOfTheLimitEndsInAFlush() {
        FlushWindow window = new FlushWindow(800);

        assertThat(window.add(60, 1)).isFalse();
        assertThat(window.add(60, 2)).isTrue();
        assertThat(window.add(300, 3)).isTrue();
        assertThat(window.add(99, 4)).isFalse();
    }

    @Test
    void thereIsRoomAgainWhenTheLastItemOfAChunkIsAnswered() {
        FlushWindow window = new FlushWindow(100);
        window.add(50, 1);
        window.add(6, 2);
        window.add(44, 3);
        assertThat(window.hasRoom()).isFalse();

        window.onAnswered(1);
        assertThat(window.hasRoom()).isTrue();
        window.add(60, 4);
        assertThat(window.hasRoom()).isFalse();
        window.onAnswered(2);
        assertThat(window.hasRoom()).isFalse();
        window.onAnswered(3);
        assertThat(window.hasRoom()).isTrue();
    }

    @Test
    void whatIsWrittenLastNeedsAFlushUnlessItHadOne() {
        FlushWindow window = new FlushWindow(800);
        assertThat(window.endChunk(0)).isFalse();
        window.add(10, 1);
        assertThat(window.endChunk(1)).isTrue();
        assertThat(window.endChunk(1)).isFalse();
        window.add(100, 2);
        assertThat(window.endChunk(2)).isFalse();
    }

    @Test
    void anItemLongerThanTheWindowGoesAlone() {
        FlushWindow window = new FlushWindow(1);

        assertThat(window.hasRoom()).isTrue();
        assertThat(window.add(1000, 1)).isTrue();
        assertThat(window.hasRoom()).isFalse();
        window.onAnswered(1);
        assertThat(window.hasRoom()).isTrue();
    }
}
