package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.relay.net.IoKind;
import io.callgate.relay.net.RawIp;
import io.callgate.wire.Bytes;
import io.callgate.wire.stun.Attribute;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/// What becomes of DSCP, ECN and DF on their way through the relay (RFC 8656 §14, §15), as seen on the wire.
class IpHeaderTest {
    private static final int EXPEDITED_ECT_0 = 46 << 2 | 2;
    private static final int LOWER_EFFORT_CE = 1 << 2 | 3;

    @Test
    void dscpAndEcnPassBothWaysAndDfIsSetWhereItIsAskedFor() throws IOException {
        assumeTrue(IoKind.LINUX.problem().isEmpty(), "Netty's sockets cannot");
        UdpPeer wire = UdpPeer.v4();
        try (RelayFixture relay = RelayFixture.start(new RelayFixture.State(), 1, IoKind.LINUX);
                TurnClient client = new TurnClient(wire, relay.v4(), relay.login("bob"));
                UdpPeer peer = UdpPeer.v4();
                RawIp seen = RawIp.open()) {
            InetSocketAddress relayed = client.allocate();
            client.permit(peer.address());
            wire.trafficClass(EXPEDITED_ECT_0);
            peer.trafficClass(LOWER_EFFORT_CE);

            client.sendTo(peer.address(), new byte[100]);
            client.indicate(
                    TurnClient.peer(peer.address()),
                    new Attribute.DontFragment(),
                    new Attribute.Data(Bytes.of(new byte[101])));
            client.bind(0x4000, peer.address());
            client.sendOn(0x4000, new byte[102]);
            for (int i = 0; i < 3; i++) {
                peer.receive();
            }
            assertThat(seen.headersTo(peer.address().getPort()))
                    .containsExactly(
                            "100 tos " + EXPEDITED_ECT_0,
                            "101 tos " + EXPEDITED_ECT_0 + " DF",
                            "102 tos " + EXPEDITED_ECT_0);

            peer.send(relayed, new byte[104]);
            client.receive();
            assertThat(seen.headersTo(client.address().getPort())).containsExactly("108 tos " + LOWER_EFFORT_CE);
        }
    }

    @Test
    void whatAClientByTcpSendsLeavesWithoutEcnAndWithTheUsualDscp() throws IOException {
        assumeTrue(IoKind.LINUX.problem().isEmpty(), "Netty's sockets cannot");
        try (RelayFixture relay = RelayFixture.startInRealTime(new RelayFixture.State(), IoKind.LINUX);
                TurnClient client = new TurnClient(new StreamPeer(relay.v4(), 0), relay.v4(), relay.login("bob"));
                UdpPeer peer = UdpPeer.v4();
                RawIp seen = RawIp.open()) {
            client.allocate();
            client.permit(peer.address());
            client.indicate(
                    TurnClient.peer(peer.address()),
                    new Attribute.DontFragment(),
                    new Attribute.Data(Bytes.of(new byte[100])));
            client.sendTo(peer.address(), new byte[100]);
            peer.receive();
            peer.receive();

            assertThat(seen.headersTo(peer.address().getPort())).containsExactly("100 tos 0 DF", "100 tos 0");
        }
    }
}
