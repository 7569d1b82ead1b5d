package io.fluxgres.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassCirclesTest {

    private static final Class<?>[] CIRCLE = {
        CircleFirst.class, CircleSecond.class, CircleSecond.Nested.class, CircleThird.class, CircleBeside.class
    };

    private static List<String> violations(int largest, Class<?>... types) {
        JavaClasses imported = new ClassFileImporter().importClasses(types);
        EvaluationResult result =
                classes().should(ClassCircles.ofAtMost(largest)).evaluate(imported);
        return result.getFailureReport().getDetails();
    }

    @Test
    void aCircleThatIsTooLargeIsNamed() {
        assertThat(violations(2, CIRCLE))
                .singleElement()
                .asString()
                .contains("circle of 3 classes", "CircleFirst", "CircleSecond", "CircleThird")
                .doesNotContain("CircleBeside");
    }

    @Test
    void aCircleThatIsSmallEnoughIsNotAViolation() {
        assertThat(violations(3, CIRCLE)).isEmpty();
    }

    @Test
    void aSealedTypeIsInNoCircleWithWhatItPermits() {
        assertThat(violations(1, CircleSealed.class, CirclePermitted.class)).isEmpty();
    }
}

final class CircleFirst {
    CircleSecond next = new CircleSecond();
}

final class CircleSecond {

    static final class Nested {
        List<CircleThird> next = List.of();
    }
}

final class CircleThird {
    Object next() {
        return new CircleFirst();
    }
}

final class CircleBeside {
    CircleFirst next = new CircleFirst();
}

sealed interface CircleSealed permits CirclePermitted {}

record CirclePermitted() implements CircleSealed {}
