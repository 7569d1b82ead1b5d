package io.fluxgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The table of all options in Markdown, as {@code docs/options.md} shows it. What an option does is said in the Javadoc of
 * its constant, and nowhere else.
 */
final class OptionTable {

    private static final Pattern CONSTANT = Pattern.compile(
            "/\\*\\*([^/]*)\\*/\\s+public static final PgOption<.*?> \\w+ =\\s+option\\(\\s*\"(\\w+)\"");

    private final Map<String, String> descriptions = new HashMap<>();

    /** Reads the descriptions from the source of {@link PgOption}. */
    static OptionTable of(Path source) throws IOException {
        OptionTable table = new OptionTable();
        CONSTANT.matcher(Files.readString(source)).results().forEach(table::describe);
        return table;
    }

    private void describe(MatchResult constant) {
        String javadoc = constant.group(1).replaceAll("\\s+\\* ", " ").strip();
        descriptions.put(constant.group(2), javadoc);
    }

    /** Returns what the option does; empty if its constant has no Javadoc. */
    String description(PgOption<?> option) {
        return descriptions.getOrDefault(option.name(), "");
    }

    String markdown() {
        return PgOption.all().stream()
                .map(this::row)
                .collect(Collectors.joining(
                        "", "| option | values | default | what it does |\n|---|---|---|---|\n", ""));
    }

    private String row(PgOption<?> option) {
        return "| `" + option.name() + "` | " + cell(option.range()) + " | " + cell(option.defaultText()) + " | "
                + cell(description(option)) + " |\n";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
