package io.fluxgres.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each Java block of the documents stands in a class that is compiled, but for white space. */
@Timeout(10)
class DocumentSnippetsTest {

    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\\R(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    @ParameterizedTest
    @CsvSource({"README.md, 10", "docs/r2dbc.md, 2", "docs/observing.md, 1"})
    void eachJavaBlockIsCompiled(String document, int blocks) throws IOException {
        String sources = source("DirectSnippets") + source("R2dbcSnippets");

        assertThat(javaBlocks(read(document)))
                .hasSize(blocks)
                .allSatisfy(block -> assertThat(sources).contains(normalized(block)));
    }

    private static List<String> javaBlocks(String document) {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = JAVA_BLOCK.matcher(document);
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    private static String source(String className) throws IOException {
        return normalized(read("examples/src/main/java/io/fluxgres/examples/" + className + ".java"));
    }

    private static String normalized(String java) {
        return java.strip().replaceAll("\\s+", " ");
    }

    private static String read(String file) throws IOException {
        return Files.readString(repository().resolve(file));
    }

    /** The working directory of a test is its module or the repository. */
    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        return Files.isDirectory(directory.resolve("docs")) ? directory : directory.getParent();
    }
}
