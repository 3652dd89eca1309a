package io.callgate.relay.net;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What a loop's sockets are to send at the next flush, as places in memory, a chain for each socket. Datagrams of
/// a chain that follow each other to the same receiver with the same length go to the kernel as one message, which
/// it cuts apart (`UDP_SEGMENT`), and all messages of a socket in one sendmmsg. Confined to one loop.
final class Outbox {
    private static final int PACKETS = 1024;
    private static final int MESSAGES = 64;
    private static final int COPY_BYTES = 256 << 10;
    private static final int MAX_RUN = 64; // UDP_MAX_SEGMENTS of kernels up to 6.8; 128 since
    private static final int MAX_RUN_BYTES = 65_507; // of IPv4; 20 less than IPv6 allows
    private static final int RUNS_SPLIT_AFTER_REFUSAL = 1_000;
    private static final int RETRIES = 2;
    private static final int NONE = -1;

    private final Kernel kernel;
    private final MessageHeaders headers = new MessageHeaders(MESSAGES, PACKETS);
    private final int[] firsts = new int[MESSAGES]; // by message, of its packets
    private final int[] runs = new int[MESSAGES]; // by message, how many packets

    private final long[] addresses = new long[PACKETS];
    private final int[] lengths = new int[PACKETS];
    private final long[] highs = new long[PACKETS];
    private final long[] lows = new long[PACKETS];
    private final int[] ports = new int[PACKETS];
    private final int[] fields = new int[PACKETS];
    private final int[] nexts = new int[PACKETS];
    private int packets;

    private final ByteBuffer copies = ByteBuffer.allocateDirect(COPY_BYTES);
    private final long copiesAddress = MemorySegment.ofBuffer(copies).address();
    private int copiedBytes;

    private final List<LinuxUdpSocket> senders = new ArrayList<>();

    /// [LinuxCalls#send].
    interface Kernel {
        int send(int descriptor, long messages, int count);
    }

    Outbox(Kernel kernel) {
        this.kernel = kernel;
    }

    /// The packets that one socket has queued, and what it has learned about its path. A part of the socket.
    static final class Chain {
        private int first = NONE;
        private int last = NONE;
        private int refusedBytes = Integer.MAX_VALUE;
        private int runsToSplit;

        /// Whether the kernel may cut datagrams of this length. After it has refused they go one by one, for a
        /// while: another receiver may have a longer path.
        private boolean mayJoin(int length) {
            if (length < refusedBytes) {
                return true;
            }
            if (--runsToSplit > 0) {
                return false;
            }
            refusedBytes = Integer.MAX_VALUE;
            return true;
        }

        private void splitFrom(int length) {
            refusedBytes = length;
            runsToSplit = RUNS_SPLIT_AFTER_REFUSAL;
        }
    }

    boolean hasRoom(int lengthIfCopied) {
        return packets < PACKETS && copiedBytes + lengthIfCopied <= COPY_BYTES;
    }

    /// Copies bytes of memory that may change; [#hasRoom] for them.
    ///
    /// @return where they lie until the next [#send]
    long copy(ByteBuffer memory, int offset, int length) {
        copies.put(copiedBytes, memory, offset, length);
        long address = copiesAddress + copiedBytes;
        copiedBytes += length;
        return address;
    }

    /// Queues a packet; [#hasRoom] for it.
    ///
    /// @param address unchanged until the next [#send]
    void add(LinuxUdpSocket socket, long address, int length, long high, long low, int port, int ipFields) {
        int packet = packets++;
        addresses[packet] = address;
        lengths[packet] = length;
        highs[packet] = high;
        lows[packet] = low;
        ports[packet] = port;
        fields[packet] = ipFields;
        nexts[packet] = NONE;
        Chain chain = socket.chain();
        if (chain.first == NONE) {
            chain.first = packet;
            senders.add(socket);
        } else {
            nexts[chain.last] = packet;
        }
        chain.last = packet;
    }

    /// Hands all that is queued to the kernel.
    void send() {
        for (int i = 0; i < senders.size(); i++) {
            send(senders.get(i));
        }
        senders.clear();
        packets = 0;
        copiedBytes = 0;
    }

    /// Hands over what one socket has queued.
    void send(LinuxUdpSocket socket) {
        Chain chain = socket.chain();
        int packet = chain.first;
        chain.first = NONE;
        int messages = 0;
        int vectors = 0;
        boolean isWhole = false;
        while (packet != NONE) {
            if (isWhole != IpFields.isWhole(fields[packet])) { // a setting of the socket, not of the message
                handAll(socket, messages);
                messages = 0;
                vectors = 0;
                isWhole = !isWhole;
                socket.sendWhole(isWhole);
            }
            int run = runFrom(packet, chain);
            firsts[messages] = packet;
            runs[messages] = run;
            headers.receiver(messages, socket.isV4(), highs[packet], lows[packet], ports[packet]);
            headers.control(messages, socket.isV4(), run == 1 ? 0 : lengths[packet], IpFields.tos(fields[packet]));
            headers.vectors(messages, vectors, run);
            for (int i = 0; i < run; i++) {
                headers.vector(vectors++, addresses[packet], lengths[packet]);
                packet = nexts[packet];
            }
            if (++messages == MESSAGES) {
                handAll(socket, messages);
                messages = 0;
                vectors = 0;
            }
        }
        handAll(socket, messages);
        if (isWhole) {
            socket.sendWhole(false);
        }
    }

    /// How many packets from this one on may go as one message: same receiver, same length, the last may be
    /// shorter.
    private int runFrom(int first, Chain chain) {
        int length = lengths[first];
        int next = nexts[first];
        if (next == NONE || !follows(first, next, length) || !chain.mayJoin(length)) {
            return 1;
        }
        int run = 1;
        int bytes = length;
        while (next != NONE
                && run < MAX_RUN
                && bytes + lengths[next] <= MAX_RUN_BYTES
                && follows(first, next, length)) {
            run++;
            bytes += lengths[next];
            if (lengths[next] < length) {
                break;
            }
            next = nexts[next];
        }
        return run;
    }

    private boolean follows(int first, int next, int length) {
        return lengths[next] <= length
                && lengths[next] > 0
                && ports[next] == ports[first]
                && fields[next] == fields[first]
                && lows[next] == lows[first]
                && highs[next] == highs[first];
    }

    private void handAll(LinuxUdpSocket socket, int messages) {
        int done = 0;
        while (done < messages) {
            int result = hand(socket, done, messages - done);
            if (result > 0) {
                done += result;
            } else if (isFull(result)) {
                while (done < messages) {
                    socket.onSendFailure(runs[done++]);
                }
            } else {
                onRefusal(socket, done++, result);
            }
        }
    }

    private int hand(LinuxUdpSocket socket, int first, int messages) {
        int result = kernel.send(socket.descriptor(), headers.address(first), messages);
        for (int again = 0; again < RETRIES && isOfEarlierOne(result); again++) {
            result = kernel.send(socket.descriptor(), headers.address(first), messages);
        }
        return result;
    }

    /// What ICMP said of an earlier datagram is told once, in the place of sending this one. It may also be about
    /// this one: then it is said again.
    private static boolean isOfEarlierOne(int result) {
        return switch (-result) {
            case LinuxCalls.EACCES,
                    LinuxCalls.ENONET,
                    LinuxCalls.EPROTO,
                    LinuxCalls.EMSGSIZE,
                    LinuxCalls.ENOPROTOOPT,
                    LinuxCalls.EOPNOTSUPP,
                    LinuxCalls.ENETUNREACH,
                    LinuxCalls.ECONNREFUSED,
                    LinuxCalls.EHOSTDOWN,
                    LinuxCalls.EHOSTUNREACH -> true;
            default -> false;
        };
    }

    /// The network card's queue holds all that this socket may have waiting: what comes now would be late.
    private static boolean isFull(int result) {
        return result == -LinuxCalls.EAGAIN || result == -LinuxCalls.ENOBUFS;
    }

    /// The receiver cannot be reached, or the message cannot be cut: the datagrams are longer than the path
    /// takes, or the device does not do it. Sending them one by one shows which.
    private void onRefusal(LinuxUdpSocket socket, int message, int result) {
        int run = runs[message];
        if (run == 1) {
            socket.onSendFailure(1);
            return;
        }
        int packet = firsts[message];
        int length = lengths[packet];
        int failures = 0;
        headers.control(message, socket.isV4(), 0, IpFields.tos(fields[packet]));
        for (int i = 0; i < run; i++) {
            headers.vectors(message, vectorOf(message) + i, 1);
            if (hand(socket, message, 1) < 0) {
                failures++;
            }
            packet = nexts[packet];
        }
        if (failures < run) {
            socket.chain().splitFrom(result == -LinuxCalls.EINVAL ? length : 0);
        }
        if (failures > 0) {
            socket.onSendFailure(failures);
        }
    }

    /// The vectors of the messages lie one after the other.
    private int vectorOf(int message) {
        int vector = 0;
        for (int i = 0; i < message; i++) {
            vector += runs[i];
        }
        return vector;
    }
}
