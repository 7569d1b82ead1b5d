package io.fluxgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.fluxgres.codec.PgType;
import io.fluxgres.testkit.PostgresExtension;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** A null where none may be is refused when the method is called, and by the name of its parameter. {@code bind} takes nulls. */
@Timeout(60)
class NullArgumentIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TestFactory
    Stream<DynamicTest> aNullIsRefusedByTheNameOfItsParameter() {
        PgOptions options = PgOptions.parse(postgres.url());
        PgClient client = PgClient.create(options);
        PgConnection connection = client.connect().block();
        List<DynamicTest> tests = new ArrayList<>();
        tests.addAll(testsOf("client", PgClient.class, client));
        tests.addAll(testsOf("connection", PgConnection.class, connection));
        tests.addAll(testsOf("options", PgOptions.class, options));
        tests.addAll(testsOf("transaction options", PgTransactionOptions.class, PgTransactionOptions.defaults()));
        tests.addAll(testsOf("query of a client", PgQuery.class, client.query("select 1")));
        tests.addAll(testsOf("query of a connection", PgQuery.class, connection.query("select 1")));
        tests.addAll(testsOf("batch of a client", PgBatch.class, client.batch("select 1", "select 2")));
        tests.addAll(testsOf("batch of a connection", PgBatch.class, connection.batch("select 1", "select 2")));
        tests.addAll(testsOf(
                "separate batch",
                PgBatch.class,
                connection.batch("select 1", "select 2").syncEach()));
        tests.addAll(testsOf(
                "published batch",
                PgBatch.class,
                client.query("select $1::int4").bindAll(Flux.just(new Object[] {1}, new Object[] {2}))));
        tests.add(DynamicTest.dynamicTest(
                "closed", () -> connection.close().then(client.close()).block(Duration.ofSeconds(10))));
        return tests.stream();
    }

    private static List<DynamicTest> testsOf(String name, Class<?> type, Object target) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Method method : type.getMethods()) {
            Class<?>[] parameters = method.getParameterTypes();
            if (method.getDeclaringClass() != type || method.getName().equals("bind")) {
                continue;
            }
            for (int i = 0; i < parameters.length; i++) {
                if (!parameters[i].isPrimitive()
                        && !method.getAnnotatedParameterTypes()[i].isAnnotationPresent(Nullable.class)) {
                    int nullAt = i;
                    tests.add(DynamicTest.dynamicTest(
                            name + ": " + method.getName() + Arrays.toString(parameters) + ", " + i,
                            () -> refuses(method, target, nullAt)));
                }
            }
        }
        return tests;
    }

    private static void refuses(Method method, Object target, int nullAt) {
        Object[] arguments =
                Stream.of(method.getParameterTypes()).map(NullArgumentIT::any).toArray();
        arguments[nullAt] = null;
        assertThatThrownBy(() -> {
                    try {
                        method.invoke(Modifier.isStatic(method.getModifiers()) ? null : target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                })
                .isInstanceOf(NullPointerException.class)
                .message()
                .matches("[a-z][A-Za-z]*");
    }

    private static Object any(Class<?> type) {
        if (type == String.class) {
            return "postgresql://localhost";
        } else if (type == String[].class) {
            return new String[] {"select 1"};
        } else if (type == Duration.class) {
            return Duration.ofSeconds(1);
        } else if (type == int.class) {
            return 1;
        } else if (type == boolean.class) {
            return true;
        } else if (type == PgOption.class) {
            return PgOption.HOST;
        } else if (type == Object.class) {
            return "a value";
        } else if (type == PgOptions.class) {
            return PgOptions.defaults();
        } else if (type == PgTransactionOptions.class) {
            return PgTransactionOptions.defaults();
        } else if (type == PgIsolation.class) {
            return PgIsolation.SERIALIZABLE;
        } else if (type == Function.class) {
            return (Function<Object, Publisher<Object>>) anything -> Flux.empty();
        } else if (type == Iterable.class) {
            return List.of();
        } else if (type == Publisher.class) {
            return Flux.empty();
        } else if (type == Class.class) {
            return String.class;
        } else if (type == PgType.class) {
            return PgType.TEXT;
        }
        return fail("no argument of " + type);
    }
}
