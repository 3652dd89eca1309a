package io.callgate.relay.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.relay.net.UdpLoop.Receiver;
import io.callgate.relay.net.UdpLoop.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// DSCP, ECN and DF as they are on the wire, and how they come in; ICMP as the sockets tell it.
class IpFieldsTest {
    private static final int EXPEDITED = 46 << 2;
    private static final int ECT_1 = 1;
    private static final int CE = 3;

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

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void dscpAndEcnComeInAsTheyWereSentAndRunsOfDifferentOnesDoNotMix(String address) {
        Socket from = loop.bind(address);
        Socket to = loop.bind(address);
        List<Integer> sent = new ArrayList<>();
        for (int tos : new int[] {0, 0, EXPEDITED, EXPEDITED, EXPEDITED | ECT_1, ECT_1, CE, 0, 0xFF}) {
            for (int i = 0; i < 3; i++) {
                sent.add(IpFields.ofTos(tos));
            }
        }

        loop.run(() -> {
            sent.forEach(fields -> from.send(new byte[500], to.address(), fields));
            loop.net().flush();
        });

        for (int fields : sent) {
            assertThat(to.receiver().next().fields()).isEqualTo(fields);
        }
    }

    @Test
    void onlyWhatIsSentWholeHasTheBitThatForbidsFragments() throws IOException {
        Socket from = loop.bind("127.0.0.1");
        Socket to = loop.bind("127.0.0.1");
        try (RawIp wire = RawIp.open()) {
            loop.run(() -> {
                from.send(new byte[100], to.address());
                from.send(new byte[101], to.address(), IpFields.whole(IpFields.ofTos(EXPEDITED)));
                from.send(new byte[102], to.address(), IpFields.whole(IpFields.NONE));
                from.send(new byte[103], to.address(), IpFields.ofTos(CE));
                loop.net().flush();
                from.send(new byte[104], to.address());
                loop.net().flush();
            });
            to.receiver().next(5);

            assertThat(wire.headersTo(to.udp().localPort()))
                    .containsExactly("100 tos 0", "101 tos 184 DF", "102 tos 0 DF", "103 tos 3", "104 tos 0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void icmpIsToldWithTheAddressThatTheDatagramWasSentTo(String address) {
        Socket from = loop.bind(address);
        Socket gone = loop.bind(address);
        loop.run(() -> gone.udp().close());

        loop.run(() -> {
            from.send(new byte[100], gone.address());
            from.send(new byte[100], gone.address());
            loop.net().flush();
        });

        UdpLoop.Icmp icmp = from.receiver().nextIcmp();
        boolean isV4 = address.equals("127.0.0.1");
        assertThat(icmp)
                .isEqualTo(new UdpLoop.Icmp(
                        0, isV4 ? 0x0000_FFFF_7F00_0001L : 1, gone.address().getPort(), isV4 ? 3 : 1, isV4 ? 3 : 4, 0));
    }

    @Test
    void aSocketOfAGroupIsToldOfNoIcmpAndGoesOn() throws IOException {
        Receiver receiver = new Receiver();
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        UdpSocket shared = loop.call(() -> loop.net().bindShared(any, receiver));
        Socket from = new Socket(shared, new InetSocketAddress(any.getAddress(), shared.localPort()), receiver);
        Socket gone = loop.bind("127.0.0.1");
        Socket to = loop.bind("127.0.0.1");
        loop.run(() -> gone.udp().close());

        for (int i = 0; i < 5; i++) {
            loop.run(() -> {
                from.send(new byte[1], gone.address());
                from.send(new byte[2], to.address());
                loop.net().flush();
            });
            assertThat(to.receiver().next().bytes()).hasSize(2);
        }

        assertThat(receiver.icmp).isEmpty();
        assertThat(receiver.sendFailures).hasValue(0);
    }
}
