package io.callgate.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// Signals of the operating system, through `sun.misc.Signal`: Java has no other way to hear SIGHUP, or SIGTERM
/// twice. By reflection, because the compiler warns about every mention of that class and the warning cannot be
/// switched off.
final class Signals {
    private Signals() {}

    /// @param name without SIG
    /// @param action runs on a thread of the JVM's own; must not wait
    static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object listener = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
        } catch (InvocationTargetException e) {
            // Windows has no SIGHUP, and says so here: the file is watched there too.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has no sun.misc.Signal (module jdk.unsupported)", e);
        }
    }
}
