package io.callgate.rtc.vendor;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.ErrorCode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What every public method of an engine answers in each of its states: a row a method, a column a state; and
/// that the engine works after it.
///
/// In a column stand the answers to nothing (null, 0, false), in parentheses to what apps say but for one null,
/// where those are others, to what apps say, and to that again; one alone if all are it. An exception is told by
/// its initials, as `IAE`; an engine that is returned is `same`, the one that was asked, or `another`. A column
/// like the one before is `"`.
public final class MethodTable {
    private final Class<?> api;
    private final Map<String, Object> usual;
    private Told told = () -> "-";
    private After after = () -> {};

    /// What the answer of a method is that returns nothing.
    public interface Told {
        String told() throws Exception;
    }

    /// What is done after each engine's methods: fails if it does not work any more.
    public interface After {
        void prove() throws Exception;
    }

    /// @param usual what apps say: by the type of the parameter, as a row shows it, or by `method.type`
    public MethodTable(Class<?> api, Map<String, Object> usual) {
        this.api = api;
        this.usual = usual;
    }

    public MethodTable telling(Told answers) {
        told = answers;
        return this;
    }

    public MethodTable afterEach(After proof) {
        after = proof;
        return this;
    }

    /// @param expected rows; a method that has none, or another one, fails
    /// @param states each gives an engine in that state, new each time
    public void check(String expected, List<Callable<Object>> states) throws Exception {
        List<Method> methods = Stream.of(api.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .sorted(Comparator.comparing(MethodTable::signature))
                .toList();
        List<String> rows = new ArrayList<>();
        for (Method method : methods) {
            StringBuilder row = new StringBuilder(signature(method));
            String before = "";
            for (Callable<Object> state : states) {
                String answers = answers(method, state);
                row.append(" | ").append(answers.equals(before) ? "\"" : answers);
                before = answers;
            }
            rows.add(row.toString());
        }
        assertThat(String.join("\n", rows)).isEqualTo(expected.strip());
    }

    private String answers(Method method, Callable<Object> state) throws Exception {
        List<String> answers = new ArrayList<>();
        Class<?>[] types = method.getParameterTypes();
        Object[] nothing = Arrays.stream(types).map(MethodTable::nothing).toArray();
        answers.add(once(method, state, nothing));
        Set<String> butForOne = new LinkedHashSet<>();
        for (int i = 0; i < types.length && types.length > 1; i++) {
            if (!types[i].isPrimitive()) {
                Object[] arguments = usual(method);
                arguments[i] = null;
                butForOne.add(once(method, state, arguments));
            }
        }
        butForOne.removeAll(answers);
        if (!butForOne.isEmpty()) {
            answers.add("(" + String.join(" ", butForOne) + ")");
        }
        Object engine = state.call();
        answers.add(answer(method, engine, usual(method)));
        answers.add(answer(method, engine, usual(method)));
        after.prove();
        return String.join(" ", Set.copyOf(answers).size() == 1 ? answers.subList(0, 1) : answers);
    }

    private String once(Method method, Callable<Object> state, Object[] arguments) throws Exception {
        String answer = answer(method, state.call(), arguments);
        after.prove();
        return answer;
    }

    private static @Nullable Object nothing(Class<?> type) {
        return type == int.class ? 0 : type == long.class ? 0L : type == boolean.class ? false : null;
    }

    private Object[] usual(Method method) {
        return Arrays.stream(method.getGenericParameterTypes())
                .map(type -> usual(method, name(type)))
                .toArray();
    }

    private Object usual(Method method, String type) {
        Object value = usual.getOrDefault(method.getName() + "." + type, usual.get(type));
        if (value == null) {
            throw new AssertionError("what do apps say to " + method.getName() + " for " + type + "?");
        }
        return value;
    }

    private static String signature(Method method) {
        return method.getName()
                + Stream.of(method.getGenericParameterTypes())
                        .map(MethodTable::name)
                        .collect(Collectors.joining(",", "(", ")"));
    }

    /// Without packages and outer classes.
    private static String name(Type type) {
        return type.getTypeName().replaceAll("\\w+[.$]", "");
    }

    private String answer(Method method, Object engine, Object[] arguments) throws Exception {
        try {
            Object answer = method.invoke(engine, arguments);
            return method.getReturnType() == void.class ? told.told() : shown(method, engine, answer);
        } catch (InvocationTargetException e) {
            return e.getTargetException().getClass().getSimpleName().replaceAll("[a-z]", "");
        }
    }

    @SuppressWarnings("ReferenceEquality") // which one it is, is what is asked
    private String shown(Method method, Object engine, @Nullable Object answer) throws Exception {
        if (api.isInstance(answer)) {
            return answer == engine ? "same" : "another";
        }
        if (answer instanceof ErrorCode code) {
            return Integer.toString(code.number());
        }
        if (answer instanceof Future<?> future) {
            return shown(method, engine, future.get(5, TimeUnit.SECONDS));
        }
        if (answer instanceof Optional<?> optional) {
            return optional.isPresent() ? "present" : "empty";
        }
        boolean isPlain = answer == null || answer instanceof Integer || answer instanceof Boolean;
        return isPlain ? String.valueOf(answer) : method.getReturnType().getSimpleName();
    }
}
