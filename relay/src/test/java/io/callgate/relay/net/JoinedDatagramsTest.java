package io.callgate.relay.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.relay.net.UdpLoop.Receiver;
import io.callgate.relay.net.UdpLoop.Socket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Datagrams that the kernel joins (`UDP_GRO`) and cuts (`UDP_SEGMENT`): nobody must notice but the processor.
/// Netty 4.2.18 delivers the same sequence as one datagram of 14,700 bytes.
class JoinedDatagramsTest {
    private static final int TAIL_BYTES = 77;

    private UdpLoop loop;

    @BeforeEach
    void start() {
        assumeTrue(IoKind.LINUX.problem().isEmpty(), () -> String.valueOf(IoKind.LINUX.problem()));
        loop = new UdpLoop(IoKind.LINUX);
    }

    @AfterEach
    void stop() {
        if (loop != null) {
            loop.close();
        }
    }

    /// Twelve of 1200 bytes, one of 300, one of 77: the first thirteen are joined, the last comes alone.
    private static List<byte[]> train(int seed) {
        List<byte[]> train = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            byte[] datagram = new byte[i < 12 ? 1200 : i == 12 ? 300 : TAIL_BYTES];
            Arrays.fill(datagram, (byte) (seed * 16 + i));
            train.add(datagram);
        }
        return train;
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aTrainCrossesTheKernelAsOneMessageAndItsTailAsAnother(String address) throws IOException {
        LinuxCalls calls = new LinuxCalls();
        Socket from = loop.bind(address);
        Receiver nobody = new Receiver();
        Socket to = loop.bind(address, nobody);
        Inbox inbox = new Inbox(calls);

        // On the loop, so that the loop does not read it itself.
        List<Integer> messages = loop.call(() -> {
            train(0).forEach(datagram -> from.send(datagram, to.address()));
            loop.net().flush();
            int received = inbox.receive(((LinuxUdpSocket) to.udp()).descriptor());
            List<Integer> datagrams = new ArrayList<>();
            for (int place = inbox.firstOf(received); place < inbox.firstOf(received) + received; place++) {
                datagrams.add(inbox.datagrams(place));
                assertThat(inbox.unpack(place)).isZero();
            }
            return datagrams;
        });

        assertThat(messages).containsExactly(13, 1);
        assertThat(inbox.batch().count()).isEqualTo(14);
        for (int i = 0; i < 14; i++) {
            byte[] datagram = new byte[inbox.batch().length(i)];
            inbox.batch().memory().get(inbox.batch().offset(i), datagram);
            assertThat(datagram).isEqualTo(train(0).get(i));
            assertThat(inbox.batch().port(i)).isEqualTo(from.udp().localPort());
        }
    }

    /// Each peer's train comes in joined, is answered with a header before every datagram, and goes back joined.
    @ParameterizedTest
    @CsvSource({"127.0.0.1, 0", "127.0.0.1, 4", "127.0.0.1, 36", "::1, 0", "::1, 4", "::1, 48"})
    void trainsOfSeveralPeersPassBothWays(String address, int headerBytes) {
        Receiver answering = new Receiver() {
            @Override
            public void onBatch(UdpSocket socket, PacketBatch batch) {
                for (int i = 0; i < batch.count(); i++) {
                    for (int at = 1; at <= headerBytes; at++) {
                        batch.memory().put(batch.offset(i) - at, (byte) 0xEE);
                    }
                    socket.send(
                            batch.memory(),
                            batch.offset(i) - headerBytes,
                            headerBytes + batch.length(i),
                            batch.high(i),
                            batch.low(i),
                            batch.port(i));
                }
            }
        };
        Socket relay = loop.bind(address, answering);
        List<Socket> peers = List.of(loop.bind(address), loop.bind(address), loop.bind(address));

        loop.run(() -> {
            for (int i = 0; i < peers.size(); i++) {
                for (byte[] datagram : train(i)) {
                    peers.get(i).send(datagram, relay.address());
                }
            }
            loop.net().flush();
        });

        for (int i = 0; i < peers.size(); i++) {
            for (byte[] datagram : train(i)) {
                byte[] answer = peers.get(i).receiver().next().bytes();
                assertThat(answer).hasSize(headerBytes + datagram.length);
                assertThat(Arrays.copyOfRange(answer, headerBytes, answer.length))
                        .isEqualTo(datagram);
            }
        }
    }

    @Test
    void aPlainSocketGetsATrainAsSingleDatagrams() throws IOException {
        Socket from = loop.bind("127.0.0.1");
        try (DatagramSocket plain = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            plain.setSoTimeout(10_000);
            InetSocketAddress to = new InetSocketAddress(plain.getLocalAddress(), plain.getLocalPort());
            loop.run(() -> {
                train(1).forEach(datagram -> from.send(datagram, to));
                loop.net().flush();
            });

            for (byte[] datagram : train(1)) {
                DatagramPacket received = new DatagramPacket(new byte[4_000], 4_000);
                plain.receive(received);
                assertThat(Arrays.copyOf(received.getData(), received.getLength()))
                        .isEqualTo(datagram);
            }
        }
    }

    @Test
    void joinedDatagramsThatAreTooLongAreAllCounted() throws IOException {
        Socket from = loop.bind("127.0.0.1");
        Socket to = loop.bind("127.0.0.1");

        loop.run(() -> {
            for (int i = 0; i < 5; i++) {
                from.send(new byte[3_000], to.address());
            }
            from.send(new byte[1], to.address());
            loop.net().flush();
        });

        assertThat(to.receiver().next().bytes()).hasSize(1);
        assertThat(to.receiver().unreadable).hasValue(5);
    }

    @Test
    void whereTheKernelDoesNotCutDatagramsGoOneByOneForAWhile() {
        Kernel kernel = new Kernel(-LinuxCalls.EINVAL, 0);
        Outbox outbox = new Outbox(kernel);
        Socket socket = loop.bind("127.0.0.1");

        queue(outbox, socket, 3, 1200);
        outbox.send();
        queue(outbox, socket, 3, 1200);
        outbox.send();
        queue(outbox, socket, 3, 1199);
        outbox.send();

        assertThat(kernel.calls)
                .as("refused and sent again; sent singly at once; shorter ones tried again")
                .containsExactly("joined", "1", "1", "1", "3", "joined", "1", "1", "1");
        assertThat(socket.receiver().sendFailures).hasValue(0);
    }

    @Test
    void whatNeverCutsIsAskedAgainAfterAThousandRuns() {
        Kernel kernel = new Kernel(-LinuxCalls.EIO, 0);
        Outbox outbox = new Outbox(kernel);
        Socket socket = loop.bind("127.0.0.1");

        for (int i = 0; i < 1_500; i++) {
            queue(outbox, socket, 2, 10 + i % 3);
            outbox.send();
        }

        assertThat(kernel.calls.stream().filter("joined"::equals)).hasSize(2);
        assertThat(socket.receiver().sendFailures).hasValue(0);
    }

    @Test
    void aReceiverThatCannotBeReachedDoesNotEndJoining() {
        Kernel kernel = new Kernel(-LinuxCalls.EINVAL, -LinuxCalls.EINVAL);
        Outbox outbox = new Outbox(kernel);
        Socket socket = loop.bind("127.0.0.1");

        queue(outbox, socket, 2, 1200);
        outbox.send();
        queue(outbox, socket, 2, 1200);
        outbox.send();

        assertThat(kernel.calls).containsExactly("joined", "1", "1", "joined", "1", "1");
        assertThat(socket.receiver().sendFailures).hasValue(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {LinuxCalls.EAGAIN, LinuxCalls.ENOBUFS})
    void aFullQueueDropsTheRestAtOnceAndCountsIt(int error) {
        Kernel kernel = new Kernel(-error, -error);
        Outbox outbox = new Outbox(kernel);
        Socket socket = loop.bind("127.0.0.1");

        for (int i = 0; i < 10; i++) {
            queue(outbox, socket, 3, 1200);
            queue(outbox, socket, 1, 1300);
        }
        outbox.send();

        assertThat(socket.receiver().sendFailures).hasValue(40);
        assertThat(kernel.calls).hasSize(1);
    }

    @Test
    void moreThanOneCallTakesGoesInSeveral() {
        Kernel kernel = new Kernel(0, 0);
        Outbox outbox = new Outbox(kernel);
        Socket socket = loop.bind("127.0.0.1");

        queue(outbox, socket, 130, 900);
        for (int i = 0; i < 70; i++) {
            queue(outbox, socket, 1, 100 + i);
        }
        outbox.send();

        assertThat(kernel.datagrams).isEqualTo(200);
        assertThat(kernel.calls)
                .as("64, 64, 2 with a shorter one behind, 61 alone; then 8")
                .containsExactly("joined", "8");
    }

    private static void queue(Outbox outbox, Socket socket, int count, int length) {
        for (int i = 0; i < count; i++) {
            outbox.add((LinuxUdpSocket) socket.udp(), 0, length, 0, 0x0000_FFFF_7F00_0001L, 9, IpFields.NONE);
        }
    }

    /// Takes messages or refuses the first one, by whether it is to be cut.
    private static final class Kernel implements Outbox.Kernel {
        private static final long MESSAGE_BYTES = 64;
        private static final long VECTOR_COUNT = 24;
        private static final long CONTROL_BYTES = 40;

        private final int joinedResult;
        private final int singleResult;

        /// "joined", if the first is, else how many messages.
        private final List<String> calls = new ArrayList<>();

        private int datagrams;

        Kernel(int joinedResult, int singleResult) {
            this.joinedResult = joinedResult;
            this.singleResult = singleResult;
        }

        @Override
        @SuppressWarnings("restricted") // looks at what the kernel would
        public int send(int descriptor, long address, int count) {
            MemorySegment messages = MemorySegment.ofAddress(address).reinterpret(count * MESSAGE_BYTES);
            boolean isJoined = messages.get(ValueLayout.JAVA_LONG, CONTROL_BYTES) > 0;
            calls.add(isJoined ? "joined" : String.valueOf(count));
            int result = isJoined ? joinedResult : singleResult;
            if (result < 0) {
                return result;
            }
            for (int i = 0; i < count; i++) {
                datagrams += (int) messages.get(ValueLayout.JAVA_LONG, i * MESSAGE_BYTES + VECTOR_COUNT);
            }
            return count;
        }
    }
}
