package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The documentation of the options is generated from the options. With {@code -Dfluxgres.docs.write=true} this test writes
 * {@code docs/options.md} anew instead of failing when it is out of date.
 */
@Timeout(30)
class OptionTableTest {

    private static final String HEAD = "# Options of connections\n\n"
            + "Each is a constant of `PgOption` and may stand in a connection URI under its name, but for those without a text"
            + " form. This table is generated from those constants and their Javadoc.\n\n";

    @Test
    void everyOptionTellsWhatItDoesInASentence() throws IOException {
        OptionTable table = table();
        assertThat(PgOption.all())
                .allSatisfy(option -> assertThat(table.description(option))
                        .as("Javadoc of the constant of option %s", option)
                        .matches("[A-Z][^{}<>@]*\\."));
    }

    @Test
    void theTableHasOneRowForEachOption() throws IOException {
        OptionTable table = table();
        List<String> lines = table.markdown().lines().skip(2).toList();
        assertThat(lines).hasSameSizeAs(PgOption.all());
        for (int i = 0; i < lines.size(); i++) {
            PgOption<?> option = PgOption.all().get(i);
            assertThat(lines.get(i))
                    .startsWith("| `" + option.name() + "` | ")
                    .contains(option.range(), table.description(option))
                    .matches("\\| `\\w+` \\| [^|]+ \\| [^|]+ \\| [^|]+\\. \\|");
        }
    }

    @Test
    void theDocumentationIsThatTable() throws IOException {
        Path file = repository().resolve("docs/options.md");
        String expected = HEAD + table().markdown();
        if (Boolean.getBoolean("fluxgres.docs.write")) {
            Files.writeString(file, expected);
        }
        assertThat(file).as("run this test with -Dfluxgres.docs.write=true").hasContent(expected);
    }

    private static OptionTable table() throws IOException {
        return OptionTable.of(repository().resolve("driver/src/main/java/io/fluxgres/PgOption.java"));
    }

    /** The working directory of a test is its module or the repository. */
    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        return Files.isDirectory(directory.resolve("docs")) ? directory : directory.getParent();
    }
}
