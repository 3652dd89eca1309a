package io.callgate.relay.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.relay.net.UdpLoop.Datagram;
import io.callgate.relay.net.UdpLoop.Receiver;
import io.callgate.relay.net.UdpLoop.Socket;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [UdpNet] promises.
@ParameterizedClass
@MethodSource("io.callgate.relay.net.IoKind#available")
class UdpNetTest {
    private static final File OPEN_FILES = new File("/proc/self/fd");

    private final IoKind io;
    private final UdpLoop loop;

    UdpNetTest(IoKind io) {
        this.io = io;
        loop = new UdpLoop(io);
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (seed * 31 + i);
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void datagramsArriveWholeInOrderAndWithTheirSender(String address) {
        Socket from = loop.bind(address);
        Socket to = loop.bind(address);
        List<byte[]> sent = new ArrayList<>();
        for (int length : new int[] {0, 1, 200, 200, 200, 100, 100, 0, 0, 2047, 2047, 1, 2, 3}) {
            sent.add(bytes(length, sent.size()));
        }

        loop.run(() -> {
            sent.forEach(datagram -> from.send(datagram, to.address()));
            loop.net().flush();
        });

        for (byte[] datagram : sent) {
            Datagram received = to.receiver().next();
            assertThat(received.bytes()).isEqualTo(datagram);
            assertThat(received.port()).isEqualTo(from.udp().localPort());
        }
    }

    @Test
    void runsToSeveralReceiversDoNotMix() {
        Socket from = loop.bind("127.0.0.1");
        List<Socket> receivers = List.of(loop.bind("127.0.0.1"), loop.bind("127.0.0.2"), loop.bind("127.0.0.1"));
        int rounds = 40;

        loop.run(() -> {
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < receivers.size(); i++) {
                    for (int n = 0; n <= i; n++) {
                        from.send(bytes(300, round * 8 + n), receivers.get(i).address());
                    }
                }
            }
            loop.net().flush();
        });

        for (int i = 0; i < receivers.size(); i++) {
            for (int round = 0; round < rounds; round++) {
                for (int n = 0; n <= i; n++) {
                    assertThat(receivers.get(i).receiver().next().bytes()).isEqualTo(bytes(300, round * 8 + n));
                }
            }
        }
    }

    @Test
    void aDatagramTooLongIsCountedAndTheNextOnePasses() throws IOException {
        Socket to = loop.bind("127.0.0.1");
        try (DatagramSocket from = new DatagramSocket()) {
            for (int length : new int[] {2048, 9_000, 2047}) {
                from.send(new DatagramPacket(bytes(length, 7), length, to.address()));
            }
        }

        assertThat(to.receiver().next().bytes()).isEqualTo(bytes(2047, 7));
        assertThat(to.receiver().unreadable).hasValue(2);
    }

    @Test
    void aHeaderWrittenBeforeAndPaddingBehindEachPacketSpoilNoOther() {
        Receiver answering = new Receiver() {
            @Override
            public void onBatch(UdpSocket socket, PacketBatch batch) {
                for (int i = 0; i < batch.count(); i++) {
                    int start = batch.offset(i) - PacketBatch.HEADROOM_BYTES;
                    for (int at = 0; at < PacketBatch.HEADROOM_BYTES; at++) {
                        batch.memory().put(start + at, (byte) 0xAA);
                    }
                    int end = batch.offset(i) + batch.length(i);
                    for (int at = 0; at < PacketBatch.TAILROOM_BYTES; at++) {
                        batch.memory().put(end + at, (byte) 0xBB);
                    }
                    socket.send(
                            batch.memory(),
                            batch.offset(i) - 4,
                            batch.length(i) + 6,
                            batch.high(i),
                            batch.low(i),
                            batch.port(i));
                }
            }
        };
        Socket middle = loop.bind("127.0.0.1", answering);
        Socket end = loop.bind("127.0.0.1");
        int count = 150;

        loop.run(() -> {
            for (int i = 0; i < count; i++) {
                end.send(bytes(i < 100 ? 500 : 100 + i, i), middle.address());
            }
            loop.net().flush();
        });

        for (int i = 0; i < count; i++) {
            int length = i < 100 ? 500 : 100 + i;
            byte[] answer = end.receiver().next().bytes();
            assertThat(answer)
                    .hasSize(length + 6)
                    .startsWith(0xAA, 0xAA, 0xAA, 0xAA)
                    .endsWith(0xBB, 0xBB);
            assertThat(Arrays.copyOfRange(answer, 4, 4 + length)).isEqualTo(bytes(length, i));
        }
    }

    @Test
    void aReceiverThatIsGoneDoesNotStopTheSocket() throws IOException {
        Socket from = loop.bind("127.0.0.1");
        Socket to = loop.bind("127.0.0.1");
        InetSocketAddress nobody;
        try (DatagramSocket gone = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            nobody = new InetSocketAddress(gone.getLocalAddress(), gone.getLocalPort());
        }

        for (int i = 0; i < 5; i++) { // each flush meets what ICMP has said of the one before
            int round = i;
            loop.run(() -> {
                from.send(bytes(100, 0), nobody);
                from.send(bytes(100, round), to.address());
                loop.net().flush();
            });
            assertThat(to.receiver().next().bytes()).isEqualTo(bytes(100, round));
        }
        to.receiver().received.clear();
        loop.run(() -> {
            to.send(bytes(50, 1), from.address());
            loop.net().flush();
        });
        assertThat(from.receiver().next().bytes()).isEqualTo(bytes(50, 1));
    }

    @Test
    void whatTheSystemRefusesToSendIsCountedAndTheRestIsSent() {
        Socket from = loop.bind("127.0.0.1"); // from loopback there is no way out
        Socket to = loop.bind("127.0.0.1");
        InetSocketAddress elsewhere = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 9);

        loop.run(() -> {
            for (int i = 0; i < 3; i++) {
                from.send(bytes(100, i), elsewhere);
            }
            from.send(bytes(100, 8), to.address());
            from.send(bytes(100, 9), to.address());
            loop.net().flush();
        });

        assertThat(to.receiver().next(2)).containsExactly(bytes(100, 8), bytes(100, 9));
        assertThat(from.receiver().sendFailures).hasValueBetween(1, 3);
    }

    @Test
    void aSocketClosedWhileItsBatchIsReadTakesNothingWithIt() {
        Receiver closing = new Receiver() {
            @Override
            public void onBatch(UdpSocket socket, PacketBatch batch) {
                socket.close();
                super.onBatch(socket, batch);
                assertThat(socket.send(batch.memory(), batch.offset(0), 1, batch.high(0), batch.low(0), batch.port(0)))
                        .isFalse();
                socket.close();
            }
        };
        Socket closed = loop.bind("127.0.0.1", closing);
        Socket other = loop.bind("127.0.0.1");

        loop.run(() -> {
            for (int i = 0; i < 10; i++) {
                other.send(bytes(10, i), closed.address());
            }
            loop.net().flush();
        });
        assertThat(closing.next().bytes()).isEqualTo(bytes(10, 0));
        Socket next = loop.bind("127.0.0.1"); // likely with the same descriptor
        loop.run(() -> {
            other.send(bytes(20, 1), next.address());
            loop.net().flush();
        });

        assertThat(next.receiver().next().bytes()).isEqualTo(bytes(20, 1));
        assertThat(loop.call(() -> closed.udp().newSystemDrops())).isZero();
    }

    @Test
    void aFaultOfTheReaderEndsNeitherSocketNorLoop() throws InterruptedException {
        CountDownLatch failed = new CountDownLatch(1);
        Receiver faulty = new Receiver() {
            @Override
            public void onBatch(UdpSocket socket, PacketBatch batch) {
                if (failed.getCount() > 0) {
                    failed.countDown();
                    throw new IllegalStateException("a fault, for the test");
                }
                super.onBatch(socket, batch);
            }
        };
        Socket to = loop.bind("127.0.0.1", faulty);
        Socket from = loop.bind("127.0.0.1");

        loop.run(() -> {
            from.send(bytes(10, 0), to.address());
            loop.net().flush();
        });
        assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
        loop.run(() -> {
            from.send(bytes(10, 1), to.address());
            loop.net().flush();
        });

        assertThat(to.receiver().next().bytes()).isEqualTo(bytes(10, 1));
    }

    @Test
    void aPortThatIsTakenIsRefusedInTheSystemsWords() {
        Socket first = loop.bind("127.0.0.1");

        assertThat(loop.call(() -> {
                    try {
                        loop.net().bind(first.address(), new Receiver());
                        return "bound";
                    } catch (IOException e) {
                        return e instanceof BindException ? "Address already in use" : e.getMessage();
                    }
                }))
                .contains("in use");
    }

    @Test
    void aThousandSocketsOpenedAndClosedLeaveNoDescriptorBehind() {
        assumeTrue(OPEN_FILES.isDirectory(), "only Linux lists descriptors");
        loop.bind("127.0.0.1").udp(); // whatever is opened once is open now
        int before = openFiles();

        loop.run(() -> {
            for (int i = 0; i < 1_000; i++) {
                try {
                    loop.net()
                            .bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), new Receiver())
                            .close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });

        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (openFiles() > before + 20 && System.nanoTime() - deadline < 0) {
            loop.bind("127.0.0.1"); // NIO closes what it has cancelled when it selects again
        }

        assertThat(openFiles()).isBetween(before - 20, before + 20);
    }

    @Test
    void withoutDescriptorsASocketIsRefusedAndThoseThatAreOpenServe() {
        assumeTrue(OPEN_FILES.isDirectory(), "only Linux lists descriptors");
        Socket from = loop.bind("127.0.0.1");
        Socket to = loop.bind("127.0.0.1");
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        List<UdpSocket> opened = new ArrayList<>();

        try (OpenFilesBound bound = OpenFilesBound.of(Stream.of(Objects.requireNonNull(OPEN_FILES.list()))
                        .mapToInt(Integer::parseInt)
                        .max()
                        .orElseThrow()
                + 8)) {
            loop.run(() -> {
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 10_000; i++) {
                                opened.add(loop.net().bind(any, new Receiver()));
                            }
                        })
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("oo many open files");
                from.send(bytes(10, 1), to.address());
                loop.net().flush();
            });
            assertThat(to.receiver().next().bytes()).isEqualTo(bytes(10, 1));
            assertThat(bound).isNotNull();
        }
        loop.run(() -> opened.forEach(UdpSocket::close));
        assertThat(loop.bind("127.0.0.1").udp().localPort()).isPositive();
    }

    @Test
    void onLinuxTheNextSocketIsMadeBeforeItIsAskedForAndIsGoneWithItsLoop() {
        assumeTrue(io == IoKind.LINUX, "the others make one when it is asked for");
        int before = openFiles();
        try (UdpLoop other = new UdpLoop(io)) {
            Socket from = other.bind("127.0.0.1");
            int spared = other.call(UdpNetTest::openFiles);
            InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
            Receiver receiver = new Receiver();

            UdpSocket to = other.call(() -> {
                assertThatThrownBy(() -> {
                            other.net().bind(from.address(), new Receiver());
                        })
                        .hasMessageContaining("in use"); // which costs the spare one
                UdpSocket bound = other.net().bind(any, receiver);
                assertThat(openFiles()).isEqualTo(spared);
                return bound;
            });
            assertThat(other.call(UdpNetTest::openFiles)).isEqualTo(spared + 1);

            other.run(() -> {
                from.send(bytes(10, 1), new InetSocketAddress(any.getAddress(), to.localPort()));
                other.net().flush();
            });
            assertThat(receiver.next().bytes()).isEqualTo(bytes(10, 1));
        }
        assertThat(openFiles()).isEqualTo(before);
    }

    private static int openFiles() {
        return Objects.requireNonNull(OPEN_FILES.list()).length;
    }
}
