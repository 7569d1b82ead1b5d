package io.fluxgres.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.PgAuthenticationException;
import io.fluxgres.PgBackpressureException;
import io.fluxgres.PgConnectionException;
import io.fluxgres.PgConversionException;
import io.fluxgres.PgErrorFields;
import io.fluxgres.PgException;
import io.fluxgres.PgProtocolException;
import io.fluxgres.PgRollbackException;
import io.fluxgres.PgServerException;
import io.fluxgres.PgTimeoutException;
import io.fluxgres.PgUsageException;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class R2dbcErrorsTest {

    static Stream<Arguments> states() {
        return Stream.of(
                Arguments.of("23505", R2dbcDataIntegrityViolationException.class),
                Arguments.of("23503", R2dbcDataIntegrityViolationException.class),
                Arguments.of("22012", R2dbcDataIntegrityViolationException.class),
                Arguments.of("27000", R2dbcDataIntegrityViolationException.class),
                Arguments.of("44000", R2dbcDataIntegrityViolationException.class),
                Arguments.of("42601", R2dbcBadGrammarException.class),
                Arguments.of("42P01", R2dbcBadGrammarException.class),
                Arguments.of("0A000", R2dbcBadGrammarException.class),
                Arguments.of("07001", R2dbcBadGrammarException.class),
                Arguments.of("21000", R2dbcBadGrammarException.class),
                Arguments.of("26000", R2dbcBadGrammarException.class),
                Arguments.of("2F005", R2dbcBadGrammarException.class),
                Arguments.of("34000", R2dbcBadGrammarException.class),
                Arguments.of("3D000", R2dbcBadGrammarException.class),
                Arguments.of("3F000", R2dbcBadGrammarException.class),
                Arguments.of("42501", R2dbcPermissionDeniedException.class),
                Arguments.of("28000", R2dbcPermissionDeniedException.class),
                Arguments.of("28P01", R2dbcPermissionDeniedException.class),
                Arguments.of("25006", R2dbcPermissionDeniedException.class),
                Arguments.of("57014", R2dbcTimeoutException.class),
                Arguments.of("55P03", R2dbcTimeoutException.class),
                Arguments.of("25P03", R2dbcTimeoutException.class),
                Arguments.of("25P04", R2dbcTimeoutException.class),
                Arguments.of("40001", R2dbcRollbackException.class),
                Arguments.of("40P01", R2dbcRollbackException.class),
                Arguments.of("40002", R2dbcDataIntegrityViolationException.class),
                Arguments.of("40003", R2dbcRollbackException.class),
                Arguments.of("53100", R2dbcTransientResourceException.class),
                Arguments.of("53200", R2dbcTransientResourceException.class),
                Arguments.of("53300", R2dbcTransientResourceException.class),
                Arguments.of("55006", R2dbcTransientResourceException.class),
                Arguments.of("57P03", R2dbcTransientResourceException.class),
                Arguments.of("57P01", R2dbcNonTransientResourceException.class),
                Arguments.of("57P02", R2dbcNonTransientResourceException.class),
                Arguments.of("57P04", R2dbcNonTransientResourceException.class),
                Arguments.of("08000", R2dbcNonTransientResourceException.class),
                Arguments.of("08006", R2dbcNonTransientResourceException.class),
                Arguments.of("58030", R2dbcNonTransientResourceException.class),
                Arguments.of("XX000", R2dbcNonTransientResourceException.class),
                Arguments.of("P0001", R2dbcNonTransientException.class),
                Arguments.of("25P02", R2dbcNonTransientResourceException.class),
                Arguments.of("25001", R2dbcNonTransientResourceException.class),
                Arguments.of("", R2dbcNonTransientException.class));
    }

    private static PgErrorFields fields(String state) {
        return new PgErrorFields(Map.of('V', "ERROR", 'C', state, 'M', "it failed"));
    }

    @ParameterizedTest
    @MethodSource("states")
    void theSqlStateDecidesTheClass(String state, Class<? extends R2dbcException> expected) {
        PgServerException cause = new PgServerException(fields(state));

        R2dbcException translated = R2dbcErrors.translate(cause, "select 1");

        assertThat(translated).isInstanceOf(expected).hasMessage("it failed").hasCause(cause);
        assertThat(translated.getSqlState()).isEqualTo(state);
        assertThat(translated.getSql()).isEqualTo("select 1");
    }

    static Stream<Arguments> withoutState() {
        return Stream.of(
                Arguments.of(new PgTimeoutException("late", true, null), R2dbcTimeoutException.class),
                Arguments.of(new PgRollbackException("no", true), R2dbcRollbackException.class),
                Arguments.of(new PgBackpressureException("slow", true), R2dbcTransientException.class),
                Arguments.of(
                        new PgAuthenticationException(PgException.Fault.SERVER, "who?", null),
                        R2dbcPermissionDeniedException.class),
                Arguments.of(
                        new PgProtocolException("what?", new IllegalStateException()),
                        R2dbcNonTransientResourceException.class),
                Arguments.of(new PgUsageException("wrong"), R2dbcBadGrammarException.class),
                Arguments.of(
                        new PgConversionException("too long", true, null), R2dbcDataIntegrityViolationException.class),
                Arguments.of(
                        new PgConnectionException("gone", false, fields("57P01"), null),
                        R2dbcNonTransientResourceException.class));
    }

    @ParameterizedTest
    @MethodSource("withoutState")
    void exceptionsOfTheDriverHaveTheirClasses(PgException cause, Class<? extends R2dbcException> expected) {
        R2dbcException translated = R2dbcErrors.translate(cause, null);

        assertThat(translated).isInstanceOf(expected).hasCause(cause).hasMessage(cause.getMessage());
        assertThat(translated.getSqlState()).isEqualTo(cause.sqlState());
    }

    @Test
    void whatOthersThrowStaysAsItIs() {
        IllegalStateException thrown = new IllegalStateException();

        assertThat(R2dbcErrors.translate(thrown)).isSameAs(thrown);
    }
}
