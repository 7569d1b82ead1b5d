package io.fluxgres.testkit;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rule that no more than a few classes of a package depend on each other in a circle. Nested classes count as the one
 * around them. What a sealed type permits is no dependency: it is the same type's other half.
 */
public final class ClassCircles extends ArchCondition<JavaClass> {

    private final int largest;
    private final SortedMap<String, SortedSet<String>> dependencies = new TreeMap<>();
    private final Map<String, JavaClass> classes = new HashMap<>();

    private ClassCircles(int largest) {
        super("depend on each other in circles of at most " + largest + " classes of a package");
        this.largest = largest;
    }

    /** Returns the condition that no circle is larger than so many classes. */
    public static ClassCircles ofAtMost(int largest) {
        return new ClassCircles(largest);
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        String outer = outermost(type).getName();
        classes.put(outer, outermost(type));
        SortedSet<String> targets = dependencies.computeIfAbsent(outer, name -> new TreeSet<>());
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
            JavaClass target = outermost(dependency.getTargetClass());
            if (target.getPackageName().equals(type.getPackageName())
                    && !target.getName().equals(outer)) {
                targets.add(target.getName());
            }
        }
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass component = type.getBaseComponentType();
        return component.getEnclosingClass().map(ClassCircles::outermost).orElse(component);
    }

    @Override
    public void finish(ConditionEvents events) {
        Set<String> told = new TreeSet<>();
        for (String name : dependencies.keySet()) {
            if (told.contains(name)) {
                continue;
            }
            Set<String> circle = reachable(name);
            circle.removeIf(other -> !reachable(other).contains(name));
            told.addAll(circle);
            String message = "circle of " + circle.size() + " classes: " + String.join(", ", circle);
            events.add(new SimpleConditionEvent(classes.get(name), circle.size() <= largest, message));
        }
    }

    /** Returns what a class depends on, directly or not; the class itself only if it is in a circle. */
    private Set<String> reachable(String from) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(dependencies.get(from));
        while (!open.isEmpty()) {
            String next = open.remove();
            if (dependencies.containsKey(next) && reached.add(next)) {
                open.addAll(dependencies.get(next));
            }
        }
        return reached;
    }
}
