package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedEventsTest {
    private final List<String> told = new ArrayList<>();

    private static Stream<Method> events() {
        return Stream.of(RtcEvents.class.getMethods());
    }

    /// A listener that throws whatever it is told.
    private RtcEvents guarded(Throwable thrown) {
        InvocationHandler throwing = (proxy, event, values) -> {
            told.add(event.getName() + (values == null ? "[]" : List.of(values)));
            throw thrown;
        };
        return new GuardedEvents((RtcEvents)
                Proxy.newProxyInstance(RtcEvents.class.getClassLoader(), new Class<?>[] {RtcEvents.class}, throwing));
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyEventIsPassedOnAndWhatItThrowsIsADefect(Method event) throws Exception {
        RuntimeException thrown = new IllegalStateException("the app's own fault");
        Object[] values = EventValues.of(event);

        event.invoke(guarded(thrown), values);

        List<String> defects = event.getName().equals("onDefect") ? List.of() : List.of("onDefect[" + thrown + "]");
        assertThat(told.get(0)).isEqualTo(event.getName() + List.of(values));
        assertThat(told.subList(1, told.size())).isEqualTo(defects);
    }

    @ParameterizedTest
    @ValueSource(classes = {AssertionError.class, NoClassDefFoundError.class, StackOverflowError.class})
    void errorsAreNoOtherThanExceptions(Class<? extends Error> kind) throws Exception {
        Error thrown = kind.getConstructor().newInstance();

        guarded(thrown).onPublished("camera");

        assertThat(told).containsExactly("onPublished[camera]", "onDefect[" + thrown + "]");
    }
}
