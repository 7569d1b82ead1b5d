package io.fluxgres.r2dbc;

import io.fluxgres.PgBatchException;
import io.fluxgres.PgErrorFields;
import io.fluxgres.PgException;
import io.fluxgres.PgNotice;
import io.fluxgres.PgResult;
import io.fluxgres.PgRow;
import io.fluxgres.PgServerException;
import io.r2dbc.spi.OutParameters;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A result of the driver. {@code map} shows the view of the row that the driver shows; segments are copies, which may be
 * kept and read on any thread.
 */
final class AdaptedResult implements Result {

    private final PgResult result;
    private final String sql;
    private final boolean out;

    /**
     * Creates the result.
     *
     * @param out whether its rows are OUT parameters
     */
    AdaptedResult(PgResult result, String sql, boolean out) {
        this.result = result;
        this.sql = sql;
        this.out = out;
    }

    @Override
    public Mono<Long> getRowsUpdated() {
        return result.rowsUpdated().onErrorMap(this::translate);
    }

    @Override
    public <T> Flux<T> map(BiFunction<Row, RowMetadata, ? extends T> mappingFunction) {
        requireFunction(mappingFunction);
        return mapped(row -> mappingFunction.apply(row, row.getMetadata()));
    }

    @Override
    public <T> Flux<T> map(Function<? super Readable, ? extends T> mappingFunction) {
        requireFunction(mappingFunction);
        return out ? mapped(row -> mappingFunction.apply(new ReadableRow.Out(row))) : mapped(mappingFunction);
    }

    private <T> Flux<T> mapped(Function<? super ReadableRow, ? extends T> mapper) {
        return new TranslatedFlux<>(result.<T>map(new ViewMapper<>(mapper)), Function.identity(), sql);
    }

    private static void requireFunction(@Nullable Object function) {
        if (function == null) {
            throw new IllegalArgumentException("the function must not be null");
        }
    }

    private Throwable translate(Throwable failure) {
        return R2dbcErrors.translate(failure, sql);
    }

    /** Shows all rows of a result through one object, as the driver does. */
    private static final class ViewMapper<T> implements Function<PgRow, T> {

        private final Function<? super ReadableRow, ? extends T> mapper;
        private @Nullable ReadableRow shown;

        ViewMapper(Function<? super ReadableRow, ? extends T> mapper) {
            this.mapper = mapper;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the driver's view shows one row after the other
        public T apply(PgRow row) {
            ReadableRow view = shown;
            if (view == null || view.row != row) {
                view = new ReadableRow(row, new ReadableColumns(row.columns()));
                shown = view;
            }
            return mapper.apply(view);
        }
    }

    // ---- segments

    @Override
    public Result filter(Predicate<Segment> filter) {
        requireFunction(filter);
        return new Segments(segments().filter(filter));
    }

    @Override
    public <T> Flux<T> flatMap(Function<Segment, ? extends Publisher<? extends T>> mappingFunction) {
        return new Segments(segments()).flatMap(mappingFunction);
    }

    private Flux<Segment> segments() {
        return result.rows()
                .<Segment>map(this::segment)
                .onErrorResume(
                        AdaptedResult::isOfStatement,
                        failure -> Mono.just(new ErrorMessage((PgException) failure, sql)))
                .concatWith(Flux.defer(this::closing))
                .onErrorMap(this::translate);
    }

    private static boolean isOfStatement(Throwable failure) {
        return failure instanceof PgServerException || failure instanceof PgBatchException;
    }

    private Segment segment(PgRow row) {
        ReadableRow readable = new ReadableRow(row, new ReadableColumns(row.columns()));
        if (out) {
            OutParameters parameters = new ReadableRow.Out(readable);
            return (OutSegment) () -> parameters;
        }
        return (RowSegment) () -> readable;
    }

    /** Returns what is known behind the rows. */
    private Flux<Segment> closing() {
        List<Segment> segments = new ArrayList<>();
        result.notices().forEach(notice -> segments.add(new NoticeMessage(notice)));
        long count = result.updateCount();
        if (count >= 0) {
            segments.add((UpdateCount) () -> count);
        }
        return Flux.fromIterable(segments);
    }

    /** A result of which only some segments are wanted. */
    private record Segments(Flux<Segment> segments) implements Result {

        @Override
        public Mono<Long> getRowsUpdated() {
            return withErrors()
                    .ofType(UpdateCount.class)
                    .map(UpdateCount::value)
                    .reduce(Long::sum);
        }

        @Override
        public <T> Flux<T> map(BiFunction<Row, RowMetadata, ? extends T> mappingFunction) {
            requireFunction(mappingFunction);
            return withErrors()
                    .ofType(RowSegment.class)
                    .map(RowSegment::row)
                    .map(row -> mappingFunction.apply(row, row.getMetadata()));
        }

        @Override
        public <T> Flux<T> map(Function<? super Readable, ? extends T> mappingFunction) {
            requireFunction(mappingFunction);
            return withErrors().handle((segment, sink) -> {
                if (segment instanceof RowSegment row) {
                    sink.next(mappingFunction.apply(row.row()));
                } else if (segment instanceof OutSegment parameters) {
                    sink.next(mappingFunction.apply(parameters.outParameters()));
                }
            });
        }

        private Flux<Segment> withErrors() {
            return segments.handle((segment, sink) -> {
                if (segment instanceof ErrorMessage error) {
                    sink.error(error.exception());
                } else {
                    sink.next(segment);
                }
            });
        }

        @Override
        public Result filter(Predicate<Segment> filter) {
            requireFunction(filter);
            return new Segments(segments.filter(filter));
        }

        @Override
        public <T> Flux<T> flatMap(Function<Segment, ? extends Publisher<? extends T>> mappingFunction) {
            requireFunction(mappingFunction);
            return segments.concatMap(mappingFunction, 0);
        }
    }

    /** The error with which the server ended a result that had begun. */
    private record ErrorMessage(PgException failure, String sql) implements Message {

        @Override
        public R2dbcException exception() {
            return R2dbcErrors.translate(failure, sql);
        }

        @Override
        public int errorCode() {
            return 0;
        }

        @Override
        public @Nullable String sqlState() {
            return failure.sqlState();
        }

        @Override
        public String message() {
            return String.valueOf(exception().getMessage());
        }
    }

    /** A notice or warning. */
    private record NoticeMessage(PgNotice notice) implements Message {

        @Override
        public R2dbcException exception() {
            return R2dbcErrors.translate(new PgServerException(notice.fields()), null);
        }

        @Override
        public int errorCode() {
            return 0;
        }

        @Override
        public String sqlState() {
            return fields().sqlState();
        }

        @Override
        public String message() {
            return fields().message();
        }

        private PgErrorFields fields() {
            return notice.fields();
        }
    }
}
