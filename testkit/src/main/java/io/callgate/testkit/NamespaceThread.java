package io.callgate.testkit;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// One platform thread that has entered a network namespace: a socket opened on it belongs to that namespace for
/// good, whichever thread uses it afterwards. The namespace of a thread is Linux's own per-thread state, so the
/// thread is never shared and ends with the host.
@SuppressWarnings("restricted") // setns(2) has no Java API; downcalls are the only way
final class NamespaceThread implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x4000_0000; // linux/sched.h
    private static final int O_CLOEXEC = 0x8_0000; // asm-generic/fcntl.h

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_VALUE =
            Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle OPEN = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("setns"), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle CLOSE = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final ExecutorService thread;

    NamespaceThread(String namespace) {
        thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("netns-" + namespace).factory());
        call(() -> {
            enter("/run/netns/" + namespace);
            return true;
        });
    }

    /// Runs `work` inside the namespace and waits for it.
    ///
    /// @throws LabException with the work's own failure as its cause
    <T> T call(Callable<T> work) {
        Future<T> result = thread.submit(work);
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw new LabException("in a network namespace: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while working in a network namespace", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private static void enter(String file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            int descriptor = (int) OPEN.invokeExact(errno, arena.allocateFrom(file), O_CLOEXEC);
            if (descriptor < 0) throw new IOException("open " + file + ": errno " + (int) ERRNO_VALUE.get(errno, 0L));
            int answer = (int) SETNS.invokeExact(errno, descriptor, CLONE_NEWNET);
            int failure = answer == 0 ? 0 : (int) ERRNO_VALUE.get(errno, 0L);
            int _ = (int) CLOSE.invokeExact(descriptor);
            if (failure != 0) throw new IOException("setns " + file + ": errno " + failure);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("entering " + file, e);
        }
    }
}
