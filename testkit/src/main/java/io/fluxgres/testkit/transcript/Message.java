package io.fluxgres.testkit.transcript;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as a transcript writes it: one that a line describes, or one that was received and is written like a line.
 *
 * @param name the manual's name
 * @param open whether any further fields are accepted
 */
record Message(String name, List<Field> fields, boolean open) {

    /** Returns whether there is a value, or at least an example, for every field. */
    boolean isComplete() {
        return !open
                && fields.stream()
                        .flatMap(field -> field.values().stream())
                        .noneMatch(value -> value.kind() == Value.Kind.NOTHING);
    }

    boolean accepts(Message received) {
        return name.equals(received.name) && acceptsPositions(received) && acceptsNames(received);
    }

    private boolean acceptsPositions(Message received) {
        List<Field> expected = positions();
        List<Field> actual = received.positions();
        if (expected.size() > actual.size() || (expected.size() < actual.size() && !open)) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!expected.get(i).accepts(actual.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean acceptsNames(Message received) {
        List<Field> expected = names();
        List<Field> actual = received.names();
        return (open || expected.size() == actual.size())
                && expected.stream()
                        .allMatch(field -> actual.stream()
                                .anyMatch(other ->
                                        String.valueOf(field.name()).equals(other.name()) && field.accepts(other)));
    }

    /** Returns the value of a named field in UTF-8, ignoring the case of its name as the server does; null if it is absent. */
    @Nullable String parameter(String wanted) {
        return names().stream()
                .filter(field -> wanted.equalsIgnoreCase(field.name()))
                .map(field -> new String(field.value().bytes(), StandardCharsets.UTF_8))
                .findFirst()
                .orElse(null);
    }

    private List<Field> positions() {
        return fields.stream().filter(field -> field.name() == null).toList();
    }

    private List<Field> names() {
        return fields.stream().filter(field -> field.name() != null).toList();
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(name);
        fields.forEach(field -> line.append(' ').append(field));
        return line.append(open ? " ..." : "").toString();
    }
}
