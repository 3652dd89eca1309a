package io.callgate.testkit;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// One platform thread that has entered a network namespace: a socket opened on it belongs to that namespace for
/// good, whichever thread uses it afterwards. The namespace of a thread is Linux's own per-thread state, so the
/// thread is never shared and ends with the host.
final class NamespaceThread implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x4000_0000; // linux/sched.h

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
        try (NativeFile namespace = NativeFile.open(file, NativeFile.O_RDONLY)) {
            namespace.enterNamespace(CLONE_NEWNET);
        }
    }
}
