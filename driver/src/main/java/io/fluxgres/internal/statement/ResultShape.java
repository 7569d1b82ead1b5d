package io.fluxgres.internal.statement;

import io.fluxgres.PgColumn;
import io.fluxgres.PgConversionException;
import io.fluxgres.PgUsageException;
import io.fluxgres.codec.CodecException;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Format;
import io.fluxgres.internal.codec.ReadableClasses;
import io.fluxgres.internal.protocol.RowDescription;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a result, their names and their decoders. Made once for each description and kept with a prepared
 * statement, so that a decoder is resolved once and not for each row; made anew when the server has reported another value of
 * a parameter since.
 *
 * <p>May be read by any thread: the decoder of a column is remembered with the class it was asked for in one immutable
 * object, so a race only resolves it twice.
 */
public final class ResultShape {

    private final SessionCodecs codecs;
    private final SessionContext context;
    private final RowDescription description;
    private final List<PgColumn> columns;
    private final @Nullable Resolved<?>[] resolved;
    private @Nullable Names names;

    private record Resolved<T>(Class<T> asked, Decoder<T> decoder) {}

    private record Names(Map<String, Integer> exact, Map<String, Integer> folded) {}

    public ResultShape(RowDescription description, SessionCodecs codecs) {
        this.codecs = codecs;
        this.context = codecs.context();
        this.description = description;
        this.columns = description.columns().stream()
                .map(column -> new PgColumn(
                        column.name(),
                        context.type(column.typeOid()),
                        column.typeModifier(),
                        column.tableOid(),
                        column.attributeNumber()))
                .toList();
        this.resolved = new @Nullable Resolved<?>[columns.size()];
    }

    /**
     * Returns the columns of a result that begins.
     *
     * @param asked the columns in the format that was asked for, null if none were known
     * @param description what the state of the conversation hands over: that of {@code asked} itself if nothing else came
     */
    @SuppressWarnings("ReferenceEquality") // the state hands back the description that it was given
    public static ResultShape of(@Nullable ResultShape asked, RowDescription description, SessionCodecs codecs) {
        return asked != null && description == asked.description
                ? asked.current()
                : new ResultShape(description, codecs);
    }

    public RowDescription description() {
        return description;
    }

    public List<PgColumn> columns() {
        return columns;
    }

    /** Returns the same columns in binary if every one can be read so: Bind asks with a single format code then. */
    ResultShape inBinary() {
        return columns.stream().allMatch(column -> context.hasBinary(column.type()))
                ? new ResultShape(description.withFormat(Format.BINARY.code()), codecs)
                : this;
    }

    /** Returns the same columns in text. */
    ResultShape inText() {
        return new ResultShape(description.withFormat(Format.TEXT.code()), codecs);
    }

    /** Returns the same columns as they are to be read when they arrive now. */
    ResultShape current() {
        return isCurrent() ? this : new ResultShape(description, codecs);
    }

    /** Whether nothing that the columns may depend on has changed. */
    @SuppressWarnings("ReferenceEquality") // a context is replaced, never changed
    boolean isCurrent() {
        return context == codecs.context();
    }

    /** Whether rows in binary can be read only while the server's parameters are as they are. */
    boolean isBinaryOfSession() {
        return formatCode() == Format.BINARY.code()
                && !columns.stream().allMatch(column -> codecs.hasBinaryAlways(column.type()));
    }

    /** Returns the format code of the rows. */
    public int formatCode() {
        return columns.isEmpty() ? 0 : description.columns().get(0).formatCode();
    }

    /** Returns the decoder of a column to a class. */
    @SuppressWarnings("unchecked")
    public <T> Decoder<T> decoder(int column, Class<T> asked) {
        Resolved<?> known = resolved[column];
        if (known != null && known.asked() == asked) {
            return (Decoder<T>) known.decoder();
        }
        Decoder<T> decoder = resolve(column, asked);
        resolved[column] = new Resolved<>(asked, decoder);
        return decoder;
    }

    private <T> Decoder<T> resolve(int column, Class<T> asked) {
        PgColumn described = columns.get(column);
        Decoder<T> decoder;
        try {
            Format format = Format.ofCode(description.columns().get(column).formatCode());
            decoder = context.decoder(described.type(), format, asked);
        } catch (CodecException e) {
            throw conversion(column, asked, e.getMessage(), e);
        }
        if (decoder == null) {
            throw conversion(column, asked, missing(described), null);
        }
        return decoder;
    }

    private String missing(PgColumn described) {
        return isBinaryOfSession() && !context.hasBinary(described.type())
                ? "the time zone or the DateStyle of the session was changed while it was executed; execute it again"
                : ReadableClasses.advice(described.type(), context);
    }

    /** Returns the exception of a column that cannot be read as a class. */
    public PgConversionException conversion(
            int column, Class<?> asked, @Nullable String reason, @Nullable Throwable cause) {
        PgColumn described = columns.get(column);
        return new PgConversionException(
                "column " + column + " \"" + described.name() + "\" of type " + described.type() + " cannot be read as "
                        + asked.getTypeName() + ": " + reason,
                cause);
    }

    /** Returns the index of the first column of a name: matched exactly, else ignoring case. */
    public int index(String name) {
        Names known = names;
        if (known == null) {
            known = index(columns);
            names = known;
        }
        Integer index = known.exact().get(name);
        if (index == null) {
            index = known.folded().get(name.toLowerCase(Locale.ROOT));
        }
        if (index == null) {
            throw new PgUsageException(
                    "there is no column \"" + name + "\"; the columns are "
                            + columns.stream().map(PgColumn::name).toList(),
                    false);
        }
        return index;
    }

    private static Names index(List<PgColumn> columns) {
        Map<String, Integer> exact = new HashMap<>();
        Map<String, Integer> folded = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            exact.putIfAbsent(columns.get(i).name(), i);
            folded.putIfAbsent(columns.get(i).name().toLowerCase(Locale.ROOT), i);
        }
        return new Names(exact, folded);
    }
}
