package io.fluxgres.internal.statement;

import io.fluxgres.PgUsageException;
import io.fluxgres.codec.PgType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * SQL with the values of its parameters in the place of {@code $1}, {@code $2} and so on, for servers that know only the
 * simple query protocol.
 *
 * <p>Every value but a number becomes a quoted string with a cast to its declared type, in parentheses, so that no value can
 * become anything but a value: not a comment behind a minus sign (CVE-2024-1597), not a part of a dollar-quoted string
 * (GHSA-j88v-2chj-qfwx). Quotes are doubled; a backslash is an ordinary character, which holds only while
 * {@code standard_conforming_strings} is on. What looks like a parameter in a string constant, a quoted identifier, a
 * dollar-quoted string or a comment is left alone.
 *
 * <p>A number is a bare constant in the same parentheses, once its text is seen to be nothing but digits, a sign, a point and an
 * exponent. A numeric with a fraction has no cast, for there are servers whose plain numeric has no digits behind the point; one
 * without has one, that it does not become an integer.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-syntax-lexical.html">Lexical Structure</a>
 */
public final class LiteralSql {

    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

    private final String sql;
    private final BoundStatement parameters;
    private final StringBuilder out;
    private int copied;

    private LiteralSql(BoundStatement statement) {
        this.sql = statement.sql();
        this.parameters = statement;
        this.out = new StringBuilder(sql.length() + 32 * parameters.count());
    }

    /**
     * Returns the SQL with its values.
     *
     * @param statement with its values in text format
     * @throws PgUsageException if the SQL names a parameter that was not bound
     */
    public static String of(BoundStatement statement) {
        return new LiteralSql(statement).render();
    }

    private String render() {
        ParameterScan.scan(sql, this::parameter);
        return out.append(sql, copied, sql.length()).toString();
    }

    private void parameter(int start, int end) {
        String name = sql.substring(start, end);
        int number = ParameterScan.number(sql, start, end);
        if (number < 1 || number > parameters.count()) {
            throw new PgUsageException(
                    "the SQL names parameter " + name + ", but " + parameters.count() + " were bound");
        }
        if (end < sql.length() && ParameterScan.isIdentifierPart(sql.charAt(end))) {
            throw new PgUsageException("trailing junk after parameter " + name + " in the SQL");
        }
        out.append(sql, copied, start);
        copied = end;
        value(number - 1);
    }

    private void value(int index) {
        String type = cast(parameters.type(index));
        if (parameters.isNull(index)) {
            out.append("(null").append(type).append(')');
            return;
        }
        ByteBuf bytes = Unpooled.buffer();
        parameters.write(index, bytes);
        String text = bytes.toString(StandardCharsets.UTF_8);
        if (isNumber(parameters.type(index), text)) {
            number(text, type);
            return;
        }
        out.append("('")
                .append(text.replace("'", "''"))
                .append('\'')
                .append(type)
                .append(')');
    }

    private static boolean isNumber(PgType type, String text) {
        if (type.equals(PgType.INT2) || type.equals(PgType.INT4) || type.equals(PgType.INT8)) {
            return INTEGER.matcher(text).matches();
        }
        return (type.equals(PgType.NUMERIC) || type.equals(PgType.FLOAT4) || type.equals(PgType.FLOAT8))
                && NUMBER.matcher(text).matches();
    }

    /** A cast binds closer than a minus sign, which would put the least integer out of range; and makes the negative zero of floats. */
    private void number(String text, String cast) {
        boolean fraction = cast.equals("::numeric") && text.indexOf('.') >= 0;
        boolean inner = cast.startsWith("::int") && text.startsWith("-");
        out.append(inner ? "((" : "(").append(text).append(inner ? ")" : "");
        out.append(fraction ? "" : cast).append(')');
    }

    /** Returns the cast to a type whose name is known; {@code char} without quotes would be another type. */
    private static String cast(PgType type) {
        if (type.oid() == 0 || type.kind() == PgType.Kind.UNKNOWN) {
            return "";
        }
        return type.equals(PgType.CHAR) ? "::\"char\"" : "::" + type.name();
    }
}
