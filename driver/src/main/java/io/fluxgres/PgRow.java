package io.fluxgres;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of a result. Columns are numbered from 0 on.
 *
 * <p>The row that a mapping function receives is a view of the network buffer, valid only until the function returns;
 * later calls fail with {@link IllegalStateException}. Rows of {@link PgQuery#rows()} are copies that may be kept and read
 * by any thread.
 *
 * <p>Names are matched exactly first, then ignoring case; of equal names the first column counts. An index or name that
 * does not exist is a {@link PgUsageException}. A value that does not fit the class asked for is a
 * {@link PgConversionException}, and so is NULL for a getter of a primitive: nothing is ever wrapped, rounded to another
 * integer or replaced by 0.
 */
public interface PgRow {

    /** Returns the columns of the result. */
    List<PgColumn> columns();

    /** Whether a value is NULL. */
    boolean isNull(int column);

    /** Whether a value is NULL. */
    boolean isNull(String column);

    boolean getBoolean(int column);

    boolean getBoolean(String column);

    int getInt(int column);

    int getInt(String column);

    long getLong(int column);

    long getLong(String column);

    double getDouble(int column);

    double getDouble(String column);

    /** Returns the value as {@code String}, null for NULL: the server's text, refused where that is not exactly known. */
    @Nullable String getString(int column);

    /** Returns the value as {@code String}, null for NULL: the server's text, refused where that is not exactly known. */
    @Nullable String getString(String column);

    /** Returns the value as the natural class of its type, null for NULL. */
    @Nullable Object get(int column);

    /** Returns the value as the natural class of its type, null for NULL. */
    @Nullable Object get(String column);

    /** Returns the value as a class, null for NULL; a primitive class does not accept NULL. */
    <T> @Nullable T get(int column, Class<T> type);

    /** Returns the value as a class, null for NULL; a primitive class does not accept NULL. */
    <T> @Nullable T get(String column, Class<T> type);

    /** Returns the value as a class; NULL is a {@link PgConversionException}. */
    <T> T require(int column, Class<T> type);

    /** Returns the value as a class; NULL is a {@link PgConversionException}. */
    <T> T require(String column, Class<T> type);
}
