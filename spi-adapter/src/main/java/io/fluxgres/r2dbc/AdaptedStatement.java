package io.fluxgres.r2dbc;

import io.fluxgres.PgParameter;
import io.fluxgres.PgUsageException;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Clob;
import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * A statement with the values that are being bound to it. As everything of this kind it is for one thread at a time.
 *
 * <p>Rows of values that {@code add} separates are an atomic batch of the driver: also outside of a transaction all of them
 * take effect or none. The fetch size does not count for them.
 *
 * <p>What is executed is the statement as it was when {@code execute()} was called: it may be bound again afterwards.
 */
final class AdaptedStatement implements Statement {

    /** In the place of a value that was not bound; null is NULL. */
    private static final Object UNBOUND = new Object();

    private static final @Nullable Object[] NOTHING = {};

    /** Without quotes it is the same in any case. */
    private static final Pattern PLAIN_NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*+");

    /** In which every quote stands twice but the first and the last, so that nothing can follow the name. */
    private static final Pattern QUOTED_NAME = Pattern.compile("\"(?:[^\"]|\"\")++\"");

    private final AdaptedConnection connection;
    private final String sql;
    private final int parameters;

    /** The rows of values that are complete; made by the first {@code add}. */
    private List<@Nullable Object[]> rows = List.of();

    private @Nullable Object[] current;
    private int bound;
    /** The current values are those of an execution, which keeps them. */
    private boolean executed;

    private boolean out;
    private boolean lobs;
    private String returning = "";
    private int fetchSize = -1;

    AdaptedStatement(AdaptedConnection connection, String sql) {
        this.connection = connection;
        this.sql = sql;
        this.parameters = Placeholders.count(sql);
        this.current = unbound();
    }

    private @Nullable Object[] unbound() {
        if (parameters == 0) {
            return NOTHING;
        }
        @Nullable Object[] values = new @Nullable Object[parameters];
        Arrays.fill(values, UNBOUND);
        return values;
    }

    @Override
    public Statement add() {
        requireComplete();
        if (rows.isEmpty()) {
            rows = new ArrayList<>();
        }
        rows.add(current);
        current = unbound();
        executed = false;
        bound = 0;
        return this;
    }

    @Override
    public Statement bind(int index, Object value) {
        requireIndex(index);
        if (value == null) {
            throw new IllegalArgumentException("the value of $" + (index + 1) + " is null; bindNull binds NULL");
        }
        return put(index, translate(index, value));
    }

    @Override
    public Statement bind(String name, Object value) {
        return bind(index(name), value);
    }

    @Override
    public Statement bindNull(int index, Class<?> type) {
        requireIndex(index);
        if (type == null) {
            throw new IllegalArgumentException("the class of $" + (index + 1) + " must not be null");
        }
        return put(index, nullOf(type));
    }

    @Override
    public Statement bindNull(String name, Class<?> type) {
        return bindNull(index(name), type);
    }

    private Statement put(int index, @Nullable Object value) {
        if (executed) {
            current = current.clone();
            executed = false;
        }
        if (UNBOUND.equals(current[index])) {
            bound++;
        }
        current[index] = value;
        return this;
    }

    private void requireIndex(int index) {
        if (index < 0 || index >= parameters) {
            throw new IndexOutOfBoundsException(
                    "there is no parameter of index " + index + "; the statement has " + parameters + " parameters");
        }
    }

    private int index(String name) {
        if (name == null) {
            throw new IllegalArgumentException("the name of a parameter must not be null");
        }
        if (name.matches("\\$[1-9][0-9]{0,4}")) {
            int index = Integer.parseInt(name.substring(1)) - 1;
            if (index < parameters) {
                return index;
            }
        }
        throw new NoSuchElementException("there is no parameter of this name; the statement has " + parameters
                + " parameters, $1 being the first");
    }

    private @Nullable Object translate(int index, Object value) {
        Object plain = value;
        if (value instanceof Parameter parameter) {
            out |= parameter instanceof Parameter.Out;
            plain = parameter.getValue();
            if (!(parameter.getType() instanceof Type.InferredType inferred)) {
                plain = isLob(plain) ? plain : PgParameter.of(FluxgresType.declared(parameter.getType()), plain);
            } else if (plain == null && !(parameter instanceof Parameter.Out)) {
                plain = nullOf(inferred.getJavaType());
            }
        }
        if (isLob(plain)) {
            lobs = true;
        } else if (plain != null) {
            try {
                connection.requireEncodable(plain);
            } catch (PgUsageException e) {
                throw new IllegalArgumentException(
                        "the value of $" + (index + 1) + " cannot be bound: no codec writes values of class "
                                + classOf(plain),
                        e);
            }
        }
        return plain;
    }

    /** Returns the class of a value as its user wrote it. */
    private static String classOf(Object value) {
        Object inner = value instanceof PgParameter typed ? typed.value() : value;
        return String.valueOf(inner == null ? null : inner.getClass().getTypeName());
    }

    /** What an OUT parameter is, the procedure says; a NULL of any other has the type of its class. */
    private static PgParameter nullOf(Class<?> type) {
        if (Blob.class.isAssignableFrom(type)) {
            return PgParameter.nullOf(ByteBuffer.class);
        }
        return PgParameter.nullOf(Clob.class.isAssignableFrom(type) ? String.class : type);
    }

    private static boolean isLob(@Nullable Object value) {
        return value instanceof Blob || value instanceof Clob;
    }

    @Override
    public Statement returnGeneratedValues(String... columns) {
        if (columns == null) {
            throw new IllegalArgumentException("the names of the columns must not be null");
        }
        returning = columns.length == 0
                ? "\nRETURNING *"
                : Stream.of(columns)
                        .map(AdaptedStatement::quoted)
                        .collect(Collectors.joining(", ", "\nRETURNING ", ""));
        return this;
    }

    /**
     * Returns a name for RETURNING, which may be any column's but no other SQL. As in SQL the case of a plain one does not
     * count; quotes keep it apart from the words of SQL. Spring Data R2DBC gives names that it has quoted already: they stay
     * as they are.
     */
    private static String quoted(String name) {
        if (name == null) {
            throw new IllegalArgumentException("the name of a column must not be null");
        }
        if (name.equals("*") || QUOTED_NAME.matcher(name).matches()) {
            return name;
        }
        String folded = PLAIN_NAME.matcher(name).matches() ? inLowerCase(name) : name;
        return '"' + folded.replace("\"", "\"\"") + '"';
    }

    /** As the server does it: no other letters than these. */
    private static String inLowerCase(String name) {
        StringBuilder folded = new StringBuilder(name);
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    @Override
    public Statement fetchSize(int rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("a fetch size of " + rows + " rows is negative");
        }
        fetchSize = rows;
        return this;
    }

    @Override
    public Flux<? extends Result> execute() {
        requireComplete();
        executed = true;
        return new StatementExecution(
                connection::query, returning.isEmpty() ? sql : withReturning(), out, allRows(), lobs, fetchSize);
    }

    private List<@Nullable Object[]> allRows() {
        if (rows.isEmpty()) {
            return Collections.singletonList(current);
        }
        List<@Nullable Object[]> all = new ArrayList<>(rows);
        all.add(current);
        return Collections.unmodifiableList(all);
    }

    private void requireComplete() {
        if (bound < parameters) {
            throw new IllegalStateException("only " + bound + " of " + parameters
                    + " parameters are bound; add() and execute() need all of them");
        }
        if (parameters == 0 && !rows.isEmpty()) {
            throw new IllegalStateException("a statement without parameters has nothing to add");
        }
    }

    private String withReturning() {
        String statement = sql.stripTrailing();
        while (statement.endsWith(";")) {
            statement = statement.substring(0, statement.length() - 1).stripTrailing();
        }
        return statement + returning;
    }

    @Override
    public String toString() {
        return sql;
    }
}
