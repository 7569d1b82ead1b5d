package io.fluxgres.internal.statement;

import static io.fluxgres.internal.statement.BoundValues.bound;
import static io.fluxgres.internal.statement.BoundValues.codecs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fluxgres.PgConversionException;
import io.fluxgres.PgParameter;
import io.fluxgres.PgStringType;
import io.fluxgres.PgUsageException;
import io.fluxgres.codec.Codec;
import io.fluxgres.codec.CodecContext;
import io.fluxgres.codec.Decoder;
import io.fluxgres.codec.Encoder;
import io.fluxgres.codec.Format;
import io.fluxgres.codec.PgType;
import io.fluxgres.internal.codec.CodecRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class BoundStatementTest {

    @Test
    void aValueIsDeclaredAsTheTypeOfItsClassAndWrittenInBinary() {
        BoundStatement parameters = bound(true, 1, 1L, "a", 1.5, UUID.randomUUID(), LocalDate.EPOCH);
        PgType[] types = {PgType.BOOL, PgType.INT4, PgType.INT8, PgType.VARCHAR, PgType.FLOAT8, PgType.UUID, PgType.DATE
        };
        assertThat(parameters.count()).isEqualTo(types.length);
        for (int i = 0; i < types.length; i++) {
            assertThat(parameters.typeOid(i)).isEqualTo(types[i].oid());
            assertThat(parameters.formatCode(i)).isEqualTo(Format.BINARY.code());
            assertThat(parameters.isNull(i)).isFalse();
        }
        assertThat(hex(parameters, 1)).isEqualTo("00000001");
        assertThat(hex(parameters, 2)).isEqualTo("0000000000000001");
    }

    @Test
    void aDeclaredTypeCounts() {
        BoundStatement parameters = bound(PgParameter.of(PgType.INT8, 1), PgParameter.of(PgType.JSONB, "{}"));
        assertThat(parameters.typeOid(0)).isEqualTo(PgType.INT8.oid());
        assertThat(hex(parameters, 0)).isEqualTo("0000000000000001");
        assertThat(parameters.typeOid(1)).isEqualTo(PgType.JSONB.oid());
        assertThat(hex(parameters, 1)).isEqualTo("017b7d");
    }

    @Test
    void aStringOfATypeWithoutACodecForStringsIsWrittenAsText() {
        BoundStatement parameters =
                bound(PgParameter.of(PgType.INT4, "42"), PgParameter.of(PgType.unknown(1186), "1 day"));
        assertThat(parameters.typeOid(0)).isEqualTo(PgType.INT4.oid());
        assertThat(parameters.formatCode(0)).isEqualTo(Format.TEXT.code());
        assertThat(text(parameters, 0)).isEqualTo("42");
        assertThat(parameters.typeOid(1)).isEqualTo(1186);
        assertThat(parameters.formatCode(1)).isEqualTo(Format.TEXT.code());
        assertThat(text(parameters, 1)).isEqualTo("1 day");
    }

    /** In binary the bytes would mean what the server's type says, which nobody knows. */
    @Test
    void aValueOfAnUnspecifiedTypeIsWrittenAsTheTextOfItsClass() {
        BoundStatement parameters = bound(
                PgParameter.of(PgType.UNSPECIFIED, 42),
                PgParameter.of(PgType.UNSPECIFIED, "a"),
                PgParameter.of(PgType.UNSPECIFIED, new byte[] {1, -1}));
        for (int i = 0; i < 3; i++) {
            assertThat(parameters.typeOid(i)).isZero();
            assertThat(parameters.formatCode(i)).isEqualTo(Format.TEXT.code());
        }
        assertThat(text(parameters, 0)).isEqualTo("42");
        assertThat(text(parameters, 1)).isEqualTo("a");
        assertThat(text(parameters, 2)).isEqualTo("\\x01ff");
    }

    @ParameterizedTest
    @CsvSource({"AUTO, 1043", "VARCHAR, 1043", "TEXT, 25", "UNTYPED, 0"})
    void aStringIsDeclaredAsTheOptionSays(PgStringType stringType, int typeOid) {
        BoundStatement parameters =
                new BoundStatement("").with(new Object[] {"a", PgParameter.of(PgType.BPCHAR, "a")}, codecs(stringType));
        assertThat(parameters.typeOid(0)).isEqualTo(typeOid);
        assertThat(text(parameters, 0)).isEqualTo("a");
        assertThat(parameters.typeOid(1)).isEqualTo(PgType.BPCHAR.oid());
        assertThat(parameters.hasPlainStrings()).isEqualTo(stringType == PgStringType.AUTO);
    }

    @Test
    void onlyStringsOfNoDeclaredTypeAreLeftToTheServer() {
        BoundStatement parameters = bound("a", 1, PgParameter.of(PgType.TEXT, "b"), null, new StringBuilder("c"));
        assertThat(parameters.hasPlainStrings()).isTrue();
        BoundStatement inferred = parameters.withInferredStrings();
        int[] oids = {0, PgType.INT4.oid(), PgType.TEXT.oid(), 0, 0};
        for (int i = 0; i < oids.length; i++) {
            assertThat(inferred.typeOid(i)).isEqualTo(oids[i]);
        }
        assertThat(inferred.formatCode(0)).isEqualTo(Format.TEXT.code());
        assertThat(text(inferred, 0)).isEqualTo("a");
        assertThat(hex(inferred, 1)).isEqualTo("00000001");
        assertThat(text(inferred, 4)).isEqualTo("c");
        assertThat(inferred.hasPlainStrings()).isFalse();
        assertThat(parameters.typeOid(0)).isEqualTo(PgType.VARCHAR.oid());
        assertThat(bound(1, PgParameter.of(PgType.TEXT, "b"), null).hasPlainStrings())
                .isFalse();
    }

    @Test
    void asTextEveryValueIsTextOfItsType() {
        BoundStatement parameters = bound(1, "a", true, null, new byte[] {1}).asText(BoundValues.CODECS);
        String[] texts = {"1", "a", "t", null, "\\x01"};
        int[] oids = {PgType.INT4.oid(), 0, PgType.BOOL.oid(), 0, PgType.BYTEA.oid()};
        for (int i = 0; i < texts.length; i++) {
            assertThat(parameters.formatCode(i)).isEqualTo(Format.TEXT.code());
            assertThat(parameters.typeOid(i)).isEqualTo(oids[i]);
            assertThat(parameters.isNull(i)).isEqualTo(texts[i] == null);
            if (texts[i] != null) {
                assertThat(text(parameters, i)).isEqualTo(texts[i]);
            }
        }
    }

    @Test
    void nullHasNoTypeUnlessItDeclaresOne() {
        BoundStatement parameters =
                bound(null, PgParameter.of(PgType.UUID, null), PgParameter.of(PgType.UNSPECIFIED, null));
        int[] oids = {0, PgType.UUID.oid(), 0};
        for (int i = 0; i < oids.length; i++) {
            int index = i;
            assertThat(parameters.isNull(i)).isTrue();
            assertThat(parameters.typeOid(i)).isEqualTo(oids[i]);
            assertThatThrownBy(() -> hex(parameters, index)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aClassThatNoCodecWritesIsAUsageErrorThatNamesParameterAndClass() {
        assertThatThrownBy(() -> bound(1, new Thread()))
                .isInstanceOf(PgUsageException.class)
                .hasMessage("parameter $2 cannot be bound: no codec writes values of class java.lang.Thread");
        assertThatThrownBy(() -> bound(PgParameter.of(PgType.UUID, 1)))
                .isInstanceOf(PgUsageException.class)
                .hasMessage(
                        "parameter $1 cannot be bound: no codec writes values of class java.lang.Integer as type uuid");
        assertThatThrownBy(() -> bound(PgParameter.of(PgType.UNSPECIFIED, new Thread())))
                .isInstanceOf(PgUsageException.class);
        assertThatThrownBy(() -> bound(PgParameter.of(PgType.INT4, PgParameter.of(PgType.INT4, 1))))
                .isInstanceOf(PgUsageException.class);
    }

    @Test
    void aValueThatItsTypeCannotHoldIsAConversionErrorThatNamesParameterAndType() {
        BoundStatement parameters = bound(1, PgParameter.of(PgType.INT2, 31_415_926));
        assertThatThrownBy(() -> hex(parameters, 1))
                .isInstanceOf(PgConversionException.class)
                .hasMessage("parameter $2 cannot be written as type int2: the value is out of range for int2");
    }

    @Test
    void theArrayOfTheCallerMayBeUsedAgain() {
        Object[] values = {1};
        BoundStatement parameters = bound(values);
        values[0] = 2;
        assertThat(hex(parameters, 0)).isEqualTo("00000001");
    }

    @Test
    void theCodecsAreAskedOnceForAClass() {
        StyledCodec codec = new StyledCodec();
        SessionCodecs codecs = codecs(PgStringType.AUTO, codec);
        for (int i = 0; i < 3; i++) {
            assertThat(text(new BoundStatement("").with(new Object[] {Thread.State.NEW}, codecs), 0))
                    .isEqualTo("null NEW");
        }
        assertThat(codec.resolved).isEqualTo(1);
    }

    @Test
    void anEncoderIsResolvedAgainWhenAServerParameterHasChanged() {
        Map<String, String> serverParameters = new HashMap<>(Map.of("style", "old"));
        SessionCodecs codecs =
                new SessionCodecs(CodecRegistry.of(List.of(new StyledCodec())), PgStringType.AUTO, serverParameters);
        BoundStatement before = new BoundStatement("").with(new Object[] {Thread.State.NEW}, codecs);

        serverParameters.put("style", "new");
        codecs.onServerParameter();

        assertThat(text(new BoundStatement("").with(new Object[] {Thread.State.NEW}, codecs), 0))
                .isEqualTo("new NEW");
        assertThat(text(before, 0)).isEqualTo("old NEW");
    }

    @Test
    void manyClassesAreNotAllRemembered() {
        StyledCodec codec = new StyledCodec();
        SessionCodecs codecs = codecs(PgStringType.AUTO, codec);
        // each array class has another component class
        Object value = Thread.State.NEW;
        for (int i = 0; i < 200; i++) {
            value = Array.newInstance(value.getClass(), 0);
            new BoundStatement("").with(new Object[] {value}, codecs);
        }
        int resolved = codec.resolved;
        new BoundStatement("").with(new Object[] {value}, codecs);
        assertThat(codec.resolved).isEqualTo(resolved + 1);
    }

    @Test
    void noParametersAreNone() {
        assertThat(new BoundStatement("").count()).isZero();
        assertThat(bound().count()).isZero();
    }

    private static String hex(BoundStatement parameters, int index) {
        return HexFormat.of().formatHex(ByteBufUtil.getBytes(written(parameters, index)));
    }

    private static String text(BoundStatement parameters, int index) {
        return written(parameters, index).toString(StandardCharsets.UTF_8);
    }

    private static ByteBuf written(BoundStatement parameters, int index) {
        ByteBuf out = Unpooled.buffer();
        parameters.write(index, out);
        return out;
    }

    /** Writes states of threads and arrays, as texts that begin with a server parameter. */
    private static final class StyledCodec implements Codec {

        private int resolved;

        @Override
        public @Nullable PgType parameterType(Class<?> valueClass) {
            return valueClass == Thread.State.class || valueClass.isArray() ? PgType.TEXT : null;
        }

        @Override
        public <T> @Nullable Encoder<T> encoder(PgType type, Format format, Class<T> valueClass, CodecContext context) {
            if (parameterType(valueClass) == null || format != Format.TEXT) {
                return null;
            }
            resolved++;
            String style = context.serverParameter("style");
            return (value, out) -> out.writeCharSequence(style + " " + value, StandardCharsets.UTF_8);
        }

        @Override
        public <T> @Nullable Decoder<T> decoder(PgType type, Format format, Class<T> asked, CodecContext context) {
            return null;
        }
    }
}
