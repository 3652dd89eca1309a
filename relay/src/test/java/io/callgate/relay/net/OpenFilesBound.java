package io.callgate.relay.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The soft limit of open files of this process, lowered until it is closed.
@SuppressWarnings("restricted") // Java has no API for it
final class OpenFilesBound implements AutoCloseable {
    private static final int RLIMIT_NOFILE = 7;
    private static final MethodHandle GETRLIMIT = function("getrlimit");
    private static final MethodHandle SETRLIMIT = function("setrlimit");

    private final Arena arena = Arena.ofShared();
    private final MemorySegment limits = arena.allocate(JAVA_LONG, 2); // soft, hard
    private final long before;

    private OpenFilesBound(long files) {
        call(GETRLIMIT);
        before = limits.getAtIndex(JAVA_LONG, 0);
        limits.setAtIndex(JAVA_LONG, 0, files);
        call(SETRLIMIT);
    }

    static OpenFilesBound of(long files) {
        return new OpenFilesBound(files);
    }

    @Override
    public void close() {
        limits.setAtIndex(JAVA_LONG, 0, before);
        call(SETRLIMIT);
        arena.close();
    }

    private void call(MethodHandle function) {
        try {
            if ((int) function.invokeExact(RLIMIT_NOFILE, limits) != 0) {
                throw new IllegalStateException("the limit of open files cannot be read or set");
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle function(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    }
}
