package io.fluxgres;

import java.util.stream.Collectors;

/** The table of all options in Markdown, as {@code docs/options.md} shows it. */
final class OptionTable {

    private OptionTable() {}

    static String markdown() {
        return PgOption.all().stream()
                .map(OptionTable::row)
                .collect(Collectors.joining(
                        "", "| option | values | default | what it does |\n|---|---|---|---|\n", ""));
    }

    private static String row(PgOption<?> option) {
        return "| `" + option.name() + "` | " + cell(option.range()) + " | " + cell(option.defaultText()) + " | "
                + cell(option.description()) + " |\n";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
