package io.callgate.relay.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Reads what ICMP has said of a socket's datagrams: the kernel keeps it in the socket's error queue
/// (`IP_RECVERR`). Confined to one loop.
final class ErrorQueue {
    private static final int ERRORS = 16;

    private static final int ORIGIN_ICMP = 2; // SO_EE_ORIGIN_ICMP of linux/errqueue.h
    private static final int ORIGIN_ICMP6 = 3;

    // RFC 8656 §11.5: only these are told to clients.
    private static final int V4_UNREACHABLE = 3;
    private static final int V4_TIME_EXCEEDED = 11;
    private static final int V4_FRAGMENTATION_NEEDED = 4; // a code of unreachable
    private static final int V6_UNREACHABLE = 1;
    private static final int V6_TOO_BIG = 2;
    private static final int V6_TIME_EXCEEDED = 3;

    private final LinuxCalls calls;
    private final MessageHeaders headers = new MessageHeaders(ERRORS, 1);
    private final MemorySegment content = Arena.ofAuto().allocate(1); // what was sent is not asked for again

    ErrorQueue(LinuxCalls calls) {
        this.calls = calls;
        headers.vector(0, content.address(), 1);
        for (int i = 0; i < ERRORS; i++) {
            headers.vectors(i, 0, 1);
        }
    }

    /// Takes what is there, up to a bound, and tells the socket's reader.
    ///
    /// @return whether there may be more
    boolean drain(LinuxUdpSocket socket) {
        for (int i = 0; i < ERRORS; i++) {
            headers.expect(i);
        }
        int received = calls.receive(socket.descriptor(), headers.address(0), ERRORS, LinuxCalls.MSG_ERRQUEUE);
        for (int i = 0; i < received && socket.isOpen(); i++) {
            tell(socket, i);
        }
        return received == ERRORS;
    }

    private void tell(LinuxUdpSocket socket, int i) {
        int origin = headers.errorOrigin(i, socket.isV4());
        int type = headers.errorType(i, socket.isV4());
        int code = headers.errorCode(i, socket.isV4());
        boolean isTooBig;
        if (origin == ORIGIN_ICMP && (type == V4_UNREACHABLE || type == V4_TIME_EXCEEDED)) {
            isTooBig = type == V4_UNREACHABLE && code == V4_FRAGMENTATION_NEEDED;
        } else if (origin == ORIGIN_ICMP6
                && (type == V6_UNREACHABLE || type == V6_TOO_BIG || type == V6_TIME_EXCEEDED)) {
            isTooBig = type == V6_TOO_BIG;
        } else {
            return; // of this host, or of a kind that no client is told
        }
        int mtuBytes = isTooBig ? headers.errorInfo(i, socket.isV4()) : 0;
        socket.receiver()
                .onIcmp(
                        socket,
                        headers.senderHigh(i),
                        headers.senderLow(i),
                        headers.senderPort(i),
                        type,
                        code,
                        mtuBytes);
    }
}
