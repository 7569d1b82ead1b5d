package io.fluxgres.r2dbc;

import io.fluxgres.PgParameter;
import io.fluxgres.codec.PgType;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Clob;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads large objects that are parameters: the server takes a value as a whole. */
final class LargeObjects {

    private LargeObjects() {}

    /** Returns the values with the contents of large objects in their places. */
    static Mono<@Nullable Object[]> materialize(@Nullable Object[] values) {
        @Nullable Object[] ready = values.clone();
        Mono<Void> read = Flux.range(0, values.length)
                .concatMap(index -> read(values[index]).doOnNext(content -> ready[index] = content))
                .then();
        return read.thenReturn(ready);
    }

    private static Mono<Object> read(@Nullable Object value) {
        if (value instanceof Blob blob) {
            return Flux.from(blob.stream())
                    .collect(ByteArrayOutputStream::new, LargeObjects::append)
                    .map(bytes -> PgParameter.of(PgType.BYTEA, bytes.toByteArray()));
        } else if (value instanceof Clob clob) {
            return Flux.from(clob.stream())
                    .collect(StringBuilder::new, StringBuilder::append)
                    .map(StringBuilder::toString);
        }
        return Mono.empty();
    }

    private static void append(ByteArrayOutputStream bytes, ByteBuffer part) {
        byte[] copy = new byte[part.remaining()];
        part.duplicate().get(copy);
        bytes.writeBytes(copy);
    }
}
