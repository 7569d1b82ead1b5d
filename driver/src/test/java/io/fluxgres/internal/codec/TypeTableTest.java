package io.fluxgres.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.codec.PgType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The documentation of the types is generated from the codecs. With {@code -Dfluxgres.docs.write=true} this test writes
 * {@code docs/types.md} anew instead of failing when it is out of date.
 */
@Timeout(30)
class TypeTableTest {

    private static final String HEAD = """
            # Types

            Which class a column is read as, and which classes may be bound. The tables are generated from the codecs.

            - `get(i)` gives the natural class of the type. R2DBC gives a `ByteBuffer` for `bytea`; its
              `getJavaType()` names the class that `get` gives.
            - A class that is asked for and not in the list is refused, and so is a value that the class cannot hold exactly. A
              primitive stands for its wrapper; where `String` stands, `CharSequence` does too.
            - `String` is the server's text. A column of a type that is not in the list is read as its text.
            - Arrays are not read as such yet. `get(i)` refuses them; `getString` gives the server's text.
            - A domain is read as its base type.

            """;

    private static final String PARAMETERS = """

            ## Parameters

            A value is declared as the type of its class. `PgParameter.of` declares another one. The server converts it to the
            type of the column where it has an implicit or an assignment cast. A `String` is declared as `varchar`, and if the
            server refuses that, its type is left to the server: so it may be a uuid, an enum or json as well.

            `PgParameter.nullOf(LocalDate.class)`, which is what R2DBC's `bindNull` binds, is a NULL declared as a value of the
            class would be. A bare null has no type, which fits every column; where the SQL does not give it one, as in
            `$1 is null or name = $1`, the server refuses it and the driver declares it as `varchar` in a second attempt, which serves
            columns of text. For others, as in `$1 is null or born = $1`, `nullOf` is needed, and the error says so.

            """;

    @Test
    void theDocumentationIsWhatTheCodecsAnswer() throws IOException {
        Path file = repository().resolve("docs/types.md");
        String expected = HEAD + TypeTable.types() + PARAMETERS + TypeTable.classes();
        if (Boolean.getBoolean("fluxgres.docs.write")) {
            Files.writeString(file, expected);
        }
        assertThat(file).as("run this test with -Dfluxgres.docs.write=true").hasContent(expected);
    }

    @Test
    void everyTypeWithACodecOfItsOwnHasARow() {
        for (int oid = 1; oid < 10_000; oid++) {
            PgType type = BuiltinTypes.find(oid);
            if (type != null
                    && CodecFixture.REGISTRY.hasBinary(type, CodecFixture.CONTEXT)
                    && !type.equals(BuiltinTypes.UNKNOWN)) {
                assertThat(TypeTable.types()).contains("| `" + type.name() + "` | ");
            }
        }
    }

    /** The working directory of a test is its module or the repository. */
    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        return Files.isDirectory(directory.resolve("docs")) ? directory : directory.getParent();
    }
}
