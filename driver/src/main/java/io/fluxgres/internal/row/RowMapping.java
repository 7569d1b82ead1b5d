package io.fluxgres.internal.row;

import io.fluxgres.PgColumn;
import io.fluxgres.PgRow;
import io.fluxgres.PgUsageException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record, or a bean, of each row by the names of its columns. {@code published_at} and {@code PublishedAt} are the
 * same name as {@code publishedAt}. Columns that nobody asks for are ignored.
 *
 * <p>A record needs a column for each component. A bean has a constructor without parameters; its public setters are called
 * for those columns that there are, at least one.
 *
 * <p>Which column is which is found once for a result, and not for each row. May be used by any thread.
 *
 * @param <T> the class that is made
 */
public final class RowMapping<T> implements Function<PgRow, T> {

    private static final ClassValue<RowMapping<?>> KNOWN = new ClassValue<>() {
        @Override
        protected RowMapping<?> computeValue(Class<?> type) {
            return type.isRecord() ? ofRecord(type) : ofBean(type);
        }
    };

    private final Class<T> type;
    private final List<Property> properties;
    private final boolean complete;
    /** Takes the values of a record's components; takes an empty array for a bean. */
    private final MethodHandle constructor;
    /** The latest result. A race only resolves it again. */
    private @Nullable Resolved latest;

    /**
     * What a column is wanted for.
     *
     * @param setter null for a component of a record
     */
    private record Property(
            String name, Class<?> type, @Nullable MethodHandle setter) {}

    /** The index of each property's column, -1 for none. */
    private record Resolved(List<PgColumn> columns, int[] indexes) {}

    private RowMapping(Class<T> type, List<Property> properties, boolean complete, MethodHandle constructor) {
        this.type = type;
        this.properties = properties;
        this.complete = complete;
        this.constructor = constructor;
    }

    /**
     * Returns the mapping to a class.
     *
     * @throws PgUsageException if it is neither a record nor a bean, or not open to the driver
     */
    @SuppressWarnings("unchecked") // the mapping of a class makes objects of this class
    public static <T> RowMapping<T> of(Class<T> type) {
        return (RowMapping<T>) KNOWN.get(Objects.requireNonNull(type, "type"));
    }

    private static <T> RowMapping<T> ofRecord(Class<T> type) {
        RecordComponent[] components = type.getRecordComponents();
        List<Property> properties = Arrays.stream(components)
                .map(component -> new Property(component.getName(), component.getType(), null))
                .toList();
        Class<?>[] parameters =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        return new RowMapping<>(type, properties, true, constructor(type, parameters));
    }

    private static <T> RowMapping<T> ofBean(Class<T> type) {
        if (type.isInterface() || type.isPrimitive() || type.isArray() || Modifier.isAbstract(type.getModifiers())) {
            throw notMappable(type, "it is no class that objects can be made of", null);
        }
        Map<String, Property> properties = new HashMap<>();
        // a setter whose parameter is more specific counts, whatever the order of the methods
        Arrays.stream(type.getMethods())
                .filter(RowMapping::isSetter)
                .sorted(Comparator.comparing(method -> method.getParameterTypes()[0].getName()))
                .forEach(method -> properties.merge(
                        property(type, method).name(), property(type, method), RowMapping::moreSpecific));
        if (properties.isEmpty()) {
            throw notMappable(
                    type,
                    "it has no public setter, nor is it a class that the value of a column is read as; name a record or a"
                            + " bean, or use map",
                    null);
        }
        return new RowMapping<>(type, List.copyOf(properties.values()), false, constructor(type));
    }

    private static boolean isSetter(Method method) {
        return method.getName().length() > 3
                && method.getName().startsWith("set")
                && method.getParameterCount() == 1
                && !Modifier.isStatic(method.getModifiers());
    }

    private static Property property(Class<?> type, Method setter) {
        String name = setter.getName().substring(3);
        return new Property(
                name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1),
                setter.getParameterTypes()[0],
                accessible(type, () -> {
                    setter.setAccessible(true);
                    return MethodHandles.lookup()
                            .unreflect(setter)
                            .asType(MethodType.methodType(void.class, Object.class, Object.class));
                }));
    }

    private static Property moreSpecific(Property first, Property second) {
        return first.type().isAssignableFrom(second.type()) ? second : first;
    }

    private static MethodHandle constructor(Class<?> type, Class<?>... parameters) {
        return accessible(type, () -> {
            Constructor<?> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return MethodHandles.lookup()
                    .unreflectConstructor(constructor)
                    .asFixedArity()
                    .asSpreader(Object[].class, parameters.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        });
    }

    private interface Access {
        MethodHandle get() throws ReflectiveOperationException;
    }

    private static MethodHandle accessible(Class<?> type, Access access) {
        try {
            return access.get();
        } catch (NoSuchMethodException e) {
            throw notMappable(type, "it is neither a record nor has it a constructor without parameters", e);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw notMappable(type, "its package must be open to the driver", e);
        }
    }

    private static PgUsageException notMappable(Class<?> type, String reason, @Nullable Exception cause) {
        return new PgUsageException("rows cannot be mapped to " + type.getTypeName() + ": " + reason, cause);
    }

    @Override
    public T apply(PgRow row) {
        int[] indexes = indexes(row.columns());
        try {
            return type.cast(complete ? newRecord(row, indexes) : newBean(row, indexes));
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException(type.getTypeName() + " could not be made of a row", thrown);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the rows of a result share the list
    private int[] indexes(List<PgColumn> columns) {
        Resolved known = latest;
        if (known == null || known.columns() != columns) {
            known = new Resolved(columns, resolve(columns));
            latest = known;
        }
        return known.indexes();
    }

    private int[] resolve(List<PgColumn> columns) {
        List<String> names = columns.stream().map(PgColumn::name).toList();
        List<String> folded = names.stream().map(RowMapping::folded).toList();
        List<String> missing = new ArrayList<>();
        int[] indexes = new int[properties.size()];
        for (int i = 0; i < indexes.length; i++) {
            String name = properties.get(i).name();
            int exact = names.indexOf(name);
            indexes[i] = exact >= 0 ? exact : folded.indexOf(folded(name));
            if (indexes[i] < 0) {
                missing.add(name);
            }
        }
        if (complete ? !missing.isEmpty() : missing.size() == indexes.length) {
            throw new PgUsageException(
                    "there is no column for " + String.join(", ", missing) + " of " + type.getTypeName()
                            + "; the columns are " + names,
                    false);
        }
        return indexes;
    }

    private static String folded(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private Object newRecord(PgRow row, int[] indexes) throws Throwable {
        @Nullable Object[] values = new @Nullable Object[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            values[i] = row.get(indexes[i], properties.get(i).type());
        }
        return constructor.invokeExact(values);
    }

    private Object newBean(PgRow row, int[] indexes) throws Throwable {
        Object bean = constructor.invokeExact(new Object[0]);
        for (int i = 0; i < indexes.length; i++) {
            MethodHandle setter = properties.get(i).setter();
            if (setter != null && indexes[i] >= 0) {
                Object value = row.get(indexes[i], properties.get(i).type());
                setter.invokeExact(bean, value);
            }
        }
        return bean;
    }
}
