package io.callgate.relay.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.Optional;
import java.util.Set;

/// The system calls of a UDP socket on Linux. Pointers go as numbers: who calls keeps what they point to alive.
/// Confined to one thread, for the sake of `errno`. Calls per packet return what the kernel does, and a failure as
/// `-errno`; calls that set a socket up throw.
///
/// All constants are those of asm-generic, the same on x86-64 and ARM64.
@SuppressWarnings("restricted") // downcalls are the only way
final class LinuxCalls {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_REUSEPORT = 15;
    static final int SOL_IP = 0;
    static final int IP_TOS = 1;
    static final int IP_MTU_DISCOVER = 10;
    static final int IP_RECVERR = 11;
    static final int IP_RECVTOS = 13;
    static final int SOL_IPV6 = 41;
    static final int IPV6_MTU_DISCOVER = 23;
    static final int IPV6_RECVERR = 25;
    static final int IPV6_V6ONLY = 26;
    static final int IPV6_RECVTCLASS = 66;
    static final int IPV6_TCLASS = 67;
    static final int PMTUDISC_WANT = 1;
    static final int PMTUDISC_PROBE = 3; // never fragmented, here or on the way
    static final int PMTUDISC_OMIT = 5; // since Linux 3.15: fragmented where need be
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103; // since Linux 4.18
    static final int UDP_GRO = 104; // since Linux 5.0

    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int ENOBUFS = 105;

    // What ICMP makes of a socket's next call.
    static final int EACCES = 13;
    static final int ENONET = 64;
    static final int EPROTO = 71;
    static final int EMSGSIZE = 90;
    static final int ENOPROTOOPT = 92;
    static final int EOPNOTSUPP = 95;
    static final int ENETUNREACH = 101;
    static final int ECONNREFUSED = 111;
    static final int EHOSTDOWN = 112;
    static final int EHOSTUNREACH = 113;

    static final int MSG_ERRQUEUE = 0x2000;

    private static final Set<String> MACHINES = Set.of("amd64", "aarch64");

    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x8_0000;

    // getsockopt's SO_MEMINFO: nine 32-bit figures, the last is SK_MEMINFO_DROPS (linux/sock_diag.h).
    private static final int SO_MEMINFO = 55;
    private static final int MEMINFO_BYTES = 36;
    private static final int MEMINFO_DROPS = 32;

    private static final int CLOCK_MONOTONIC = 1;
    private static final int PR_SET_TIMERSLACK = 29;
    static final long TIMESPEC_BYTES = 16; // seconds, nanoseconds

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final long ERRNO_OFFSET =
            Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

    /// The one shape in which all are called: five words in, one out. Both machines pass integers and pointers in
    /// registers of a word, of which a function reads as many, and as much of each, as it knows of. The JVM makes
    /// code for every shape anew at each start, so one is less to wait for than one a function.
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle SOCKET = function("socket");
    private static final MethodHandle BIND = function("bind");
    private static final MethodHandle GETSOCKNAME = function("getsockname");
    private static final MethodHandle SETSOCKOPT = function("setsockopt");
    private static final MethodHandle GETSOCKOPT = function("getsockopt");
    private static final MethodHandle RECVMMSG = function("recvmmsg");
    private static final MethodHandle SENDMMSG = function("sendmmsg");
    private static final MethodHandle SENDMSG = function("sendmsg");
    private static final MethodHandle CLOCK_NANOSLEEP = function("clock_nanosleep");
    private static final MethodHandle STRERROR = function("strerror");

    /// Apart, and made when a loop first gathers: of a shape of its own, since its arguments are variadic.
    private static final class TimerSlack {
        private static final MethodHandle PRCTL = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("prctl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG),
                CAPTURE_ERRNO,
                Linker.Option.firstVariadicArg(1));

        private TimerSlack() {}
    }

    /// Why these calls cannot be made here; empty if they can.
    static Optional<String> problem() {
        String machine = System.getProperty("os.arch");
        if (!MACHINES.contains(machine)) {
            return Optional.of("not written for " + machine);
        }
        try {
            LinuxCalls calls = new LinuxCalls();
            FileDescriptor probe = new FileDescriptor(calls.socket(true));
            try {
                int result = Math.min(calls.receive(probe.intValue(), 0, 0, 0), calls.send(probe.intValue(), 0, 0));
                return result == 0
                        ? Optional.empty()
                        : Optional.of("recvmmsg and sendmmsg: "
                                + calls.strerror(-result).getString(0));
            } finally {
                probe.close();
            }
        } catch (IOException | LinkageError | RuntimeException e) { // native access denied, or a function is missing
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private final MemorySegment errno = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
    private final MemorySegment figures = Arena.ofAuto().allocate(MEMINFO_BYTES + Integer.BYTES, Integer.BYTES);
    private final MemorySegment timespec = Arena.ofAuto().allocate(TIMESPEC_BYTES, Long.BYTES);
    private boolean isTimerExact;

    /// Makes a UDP socket that does not block and that no child process gets.
    ///
    /// @return the descriptor
    int socket(boolean isV4) throws IOException {
        try {
            long family = isV4 ? AF_INET : AF_INET6;
            long type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
            int descriptor = (int) (long) SOCKET.invokeExact(errno, family, type, 0L, 0L, 0L);
            return orFail(descriptor, "cannot open a UDP socket");
        } catch (Throwable e) {
            throw asIo(e);
        }
    }

    /// @param name a [SocketName] of `nameBytes`
    void bind(int descriptor, MemorySegment name, int nameBytes, Object nameForPeople) throws IOException {
        try {
            int result =
                    (int) (long) BIND.invokeExact(errno, (long) descriptor, name.address(), (long) nameBytes, 0L, 0L);
            orFail(result, "cannot bind UDP " + nameForPeople);
        } catch (Throwable e) {
            throw asIo(e);
        } finally {
            Reference.reachabilityFence(name); // an address alone keeps no memory
        }
    }

    /// The port that the system has bound, 1..65535.
    int boundPort(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SocketName.MAX_BYTES, Long.BYTES);
            MemorySegment nameBytes = arena.allocateFrom(JAVA_INT, SocketName.MAX_BYTES);
            int result = (int) (long)
                    GETSOCKNAME.invokeExact(errno, (long) descriptor, name.address(), nameBytes.address(), 0L, 0L);
            orFail(result, "cannot ask a UDP socket for its port");
            return SocketName.port(name, 0);
        } catch (Throwable e) {
            throw asIo(e);
        }
    }

    /// @return false if the system does not know the option, or refuses it
    boolean set(int descriptor, int level, int option, int value) {
        try {
            figures.set(JAVA_INT, 0, value);
            int result = (int) (long) SETSOCKOPT.invokeExact(
                    errno, (long) descriptor, (long) level, (long) option, figures.address(), (long) Integer.BYTES);
            return result == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// How many datagrams the system has thrown away for a socket since it was opened, modulo 2^32; 0 from a
    /// kernel before 4.12.
    long drops(int descriptor) {
        try {
            figures.set(JAVA_INT, MEMINFO_BYTES, MEMINFO_BYTES); // the length lies behind
            int result = (int) (long) GETSOCKOPT.invokeExact(
                    errno,
                    (long) descriptor,
                    (long) SOL_SOCKET,
                    (long) SO_MEMINFO,
                    figures.address(),
                    figures.address() + MEMINFO_BYTES);
            return result == 0 ? Integer.toUnsignedLong(figures.get(JAVA_INT, MEMINFO_DROPS)) : 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Takes what is there, without waiting. One step to the call, as each counts: beyond fifteen the JVM's
    /// compiler inlines no more, and then the call leaves an object.
    ///
    /// @param messages address of `count` structs of [MessageHeaders]
    /// @param flags 0; or [#MSG_ERRQUEUE] for what ICMP has said of datagrams sent, each with the name that the
    ///     datagram was sent to
    /// @return how many were filled, at least 1; or -errno
    int receive(int descriptor, long messages, int count, int flags) {
        try {
            int received = (int)
                    (long) RECVMMSG.invokeExact(errno, (long) descriptor, messages, (long) count, (long) flags, 0L);
            return received >= 0 ? received : -errno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// @param messages address of `count` structs of [MessageHeaders]
    /// @return how many were sent, at least 1; or -errno of the first
    int send(int descriptor, long messages, int count) {
        try {
            if (count == 1) { // the cheaper call; its struct is the first part of the other's
                long sent = (long) SENDMSG.invokeExact(errno, (long) descriptor, messages, 0L, 0L, 0L);
                return sent >= 0 ? 1 : -errno();
            }
            int sent = (int) (long) SENDMMSG.invokeExact(errno, (long) descriptor, messages, (long) count, 0L, 0L);
            return sent >= 0 ? sent : -errno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Sleeps; a signal ends it early.
    ///
    /// @param nanos under a second
    void sleep(long nanos) {
        try {
            if (!isTimerExact) { // else this thread's timers may go off 50 µs late
                isTimerExact = true;
                int ignored = (int) TimerSlack.PRCTL.invokeExact(errno, PR_SET_TIMERSLACK, 1L);
            }
            timespec.set(JAVA_LONG, Long.BYTES, nanos);
            long ignored =
                    (long) CLOCK_NANOSLEEP.invokeExact(errno, (long) CLOCK_MONOTONIC, 0L, timespec.address(), 0L, 0L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private int errno() {
        return errno.get(JAVA_INT, ERRNO_OFFSET);
    }

    private int orFail(int result, String what) throws IOException {
        if (result < 0) {
            int code = errno();
            MemorySegment words = strerror(code);
            throw new IOException(what + ": " + words.getString(0));
        }
        return result;
    }

    private MemorySegment strerror(int code) {
        try {
            long words = (long) STRERROR.invokeExact(errno, (long) code, 0L, 0L, 0L, 0L);
            return MemorySegment.ofAddress(words).reinterpret(1024);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static MethodHandle function(String name) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), SHAPE, CAPTURE_ERRNO);
    }

    private static IOException asIo(Throwable e) {
        if (e instanceof IOException known) {
            return known;
        }
        throw unexpected(e);
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known ? known : new IllegalStateException("a downcall threw", e);
    }
}
