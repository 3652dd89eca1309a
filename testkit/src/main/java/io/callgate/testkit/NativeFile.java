package io.callgate.testkit;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// An open file of the kernel's by its descriptor, for devices, namespaces and sockets that Java has no API for.
/// Several threads may use it; who closes it makes sure that they no longer do.
@SuppressWarnings("restricted") // downcalls are the only way
final class NativeFile implements AutoCloseable {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800; // asm-generic/fcntl.h, as the next
    static final int O_CLOEXEC = 0x8_0000;

    private static final int EAGAIN = 11;
    private static final short POLLIN = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_VALUE =
            Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));
    private static final MemoryLayout POLLFD = MemoryLayout.structLayout(JAVA_INT, JAVA_INT); // fd, events | revents
    private static final MethodHandle OPEN = variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle IOCTL =
            variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle READ =
            function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle PPOLL =
            function("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle SETNS = function("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SENDTO = function(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final String path;
    private final int descriptor;

    private NativeFile(String path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /// @param flags those above, joined by `|`; the descriptor is never handed to child processes
    static NativeFile open(String path, int flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            int descriptor = (int) OPEN.invokeExact(errno, arena.allocateFrom(path), flags | O_CLOEXEC);
            if (descriptor < 0) throw failure("open", path, errno);
            return new NativeFile(path, descriptor);
        } catch (Throwable e) {
            throw thrown("open", path, e);
        }
    }

    /// socket(2).
    static NativeFile socket(int domain, int type, int protocol) throws IOException {
        String name = "a socket of type " + type;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            int descriptor = (int) SOCKET.invokeExact(errno, domain, type | O_CLOEXEC, protocol);
            if (descriptor < 0) throw failure("open", name, errno);
            return new NativeFile(name, descriptor);
        } catch (Throwable e) {
            throw thrown("open", name, e);
        }
    }

    /// sendto(2) without flags.
    ///
    /// @param receiver a `struct sockaddr`
    void send(MemorySegment packet, MemorySegment receiver) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            long sent = (long) SENDTO.invokeExact(
                    errno, descriptor, packet, packet.byteSize(), 0, receiver, (int) receiver.byteSize());
            if (sent != packet.byteSize()) throw failure("send on", path, errno);
        } catch (Throwable e) {
            throw thrown("send on", path, e);
        }
    }

    /// ioctl(2) with a pointer, whose memory the kernel may change.
    void control(long request, MemorySegment argument) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            if ((int) IOCTL.invokeExact(errno, descriptor, request, argument) < 0) throw failure("ioctl", path, errno);
        } catch (Throwable e) {
            throw thrown("ioctl", path, e);
        }
    }

    /// setns(2): puts the calling thread into the namespace that this file stands for.
    void enterNamespace(int kind) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            if ((int) SETNS.invokeExact(errno, descriptor, kind) < 0) throw failure("setns", path, errno);
        } catch (Throwable e) {
            throw thrown("setns", path, e);
        }
    }

    /// @return the bytes read; 0 if a file opened with [#O_NONBLOCK] has none at present
    int read(MemorySegment into) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            long bytes = (long) READ.invokeExact(errno, descriptor, into, into.byteSize());
            if (bytes >= 0) return (int) bytes;
            if ((int) ERRNO_VALUE.get(errno, 0L) == EAGAIN) return 0;
            throw failure("read", path, errno);
        } catch (Throwable e) {
            throw thrown("read", path, e);
        }
    }

    void write(MemorySegment bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            long written = (long) WRITE.invokeExact(errno, descriptor, bytes, bytes.byteSize());
            if (written != bytes.byteSize()) throw failure("write", path, errno);
        } catch (Throwable e) {
            throw thrown("write", path, e);
        }
    }

    /// Waits until there is something to read, or for `nanos`, or for less if a signal comes.
    void awaitReadable(long nanos) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            MemorySegment wanted = arena.allocate(POLLFD);
            wanted.set(JAVA_INT, 0, descriptor);
            wanted.set(JAVA_SHORT, 4, POLLIN);
            MemorySegment limit = arena.allocate(JAVA_LONG, 2); // struct timespec
            limit.setAtIndex(JAVA_LONG, 0, nanos / 1_000_000_000);
            limit.setAtIndex(JAVA_LONG, 1, nanos % 1_000_000_000);
            int _ = (int) PPOLL.invokeExact(errno, wanted, 1L, limit, MemorySegment.NULL);
        } catch (Throwable e) {
            throw thrown("poll", path, e);
        }
    }

    @Override
    public void close() {
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) CLOSE.invokeExact(arena.allocate(Linker.Option.captureStateLayout()), descriptor);
        } catch (Throwable e) {
            throw new LabException("cannot close " + path, e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, ERRNO);
    }

    private static MethodHandle variadic(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), type, ERRNO, Linker.Option.firstVariadicArg(2));
    }

    private static IOException failure(String call, String path, MemorySegment errno) {
        return new IOException(call + " " + path + ": errno " + (int) ERRNO_VALUE.get(errno, 0L));
    }

    private static IOException thrown(String call, String path, Throwable e) {
        if (e instanceof RuntimeException unchecked) throw unchecked;
        if (e instanceof Error error) throw error;
        return e instanceof IOException known ? known : new IOException(call + " " + path, e);
    }
}
