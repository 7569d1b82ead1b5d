package io.fluxgres.testkit.transcript;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A field of a message: one value, or several joined by colons as in {@code "id":int4:binary}.
 *
 * @param name what stands in front of an equals sign, if there is one
 */
record Field(@Nullable String name, List<Value> values) {

    static Field of(Value... values) {
        return new Field(null, List.of(values));
    }

    static Field named(String name, Value value) {
        return new Field(name, List.of(value));
    }

    /** Returns the value of a field that has one only. */
    Value value() {
        if (values.size() != 1) {
            throw new TranscriptException("%s has parts where one value is expected".formatted(this));
        }
        return values.get(0);
    }

    boolean accepts(Field received) {
        if (values.size() == 1 && values.get(0).kind() == Value.Kind.NOTHING) {
            return true;
        }
        if (values.size() != received.values.size()) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (!values.get(i).accepts(received.values.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        String joined = values.stream().map(Value::toString).collect(Collectors.joining(":"));
        return name == null ? joined : name + "=" + joined;
    }
}
