package io.callgate.relay.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.LiveSession;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.RelayEndpoint;
import io.callgate.model.SessionChanges;
import io.callgate.model.Subject;
import io.callgate.model.Transport;
import io.callgate.relay.BoundListener;
import io.callgate.testkit.TestIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
    private static final IpAddress LOCAL = IpAddress.parse("10.1.3.10");
    private static final IpAddress PUBLIC = IpAddress.parse("203.0.113.7");
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");

    @Test
    void namesPublicAddressesWithEveryTransportAndThePinOfTheCertificate() {
        List<RelayEndpoint> endpoints = Announcement.of(
                List.of(
                        bound(LOCAL, 443, Protocol.UDP),
                        bound(LOCAL, 443, Protocol.TCP),
                        bound(LOCAL, 3478, Protocol.UDP)),
                List.of(new RelayAddress(LOCAL, PUBLIC)),
                own(false));

        assertThat(endpoints)
                .containsExactly(
                        new RelayEndpoint(
                                PUBLIC,
                                443,
                                Set.of(Transport.UDP, Transport.TCP, Transport.TLS, Transport.HTTPS),
                                Optional.of("localhost"),
                                Optional.of(TestIdentity.ec().pin())),
                        new RelayEndpoint(PUBLIC, 3478, Set.of(Transport.UDP), Optional.empty(), Optional.empty()));
    }

    @Test
    void needsNoNameWhereTheCertificateNamesTheAddress() {
        List<RelayEndpoint> endpoints =
                Announcement.of(List.of(bound(LOOPBACK, 443, Protocol.TCP)), List.of(), own(false));

        assertThat(endpoints).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.address()).isEqualTo(LOOPBACK);
            assertThat(endpoint.serverName()).isEmpty();
        });
    }

    @Test
    void leavesLoopbackOutWhereThereIsAnotherAddress() {
        assertThat(Announcement.of(
                        List.of(bound(LOOPBACK, 443, Protocol.UDP), bound(LOCAL, 443, Protocol.UDP)),
                        List.of(),
                        own(false)))
                .extracting(RelayEndpoint::address)
                .containsExactly(LOCAL);
    }

    @Test
    void leavesOutWhatStandsBehindALoadBalancer() {
        assertThat(Announcement.of(
                        List.of(bound(LOCAL, 443, Protocol.TCP), bound(LOCAL, 443, Protocol.UDP)),
                        List.of(),
                        own(true)))
                .singleElement()
                .satisfies(endpoint -> assertThat(endpoint.transports()).containsExactly(Transport.UDP));
    }

    @Test
    void sessionsCameInAtPublicAddresses() {
        LiveSession session = new LiveSession(
                1,
                new AppId("demo"),
                new Subject("bob"),
                List.of("turn_udp"),
                Cidr.parse("198.51.100.0/24"),
                Set.of(new Endpoint(LOCAL, 443), new Endpoint(LOOPBACK, 80)),
                Instant.EPOCH,
                Optional.empty(),
                0,
                0);

        SessionChanges told = Announcement.of(
                new SessionChanges(0, 1, List.of(session), List.of(7L)), List.of(new RelayAddress(LOCAL, PUBLIC)));

        assertThat(told)
                .isEqualTo(new SessionChanges(
                        0,
                        1,
                        List.of(session.withReached(Set.of(new Endpoint(PUBLIC, 443), new Endpoint(LOOPBACK, 80)))),
                        List.of(7L)));
    }

    private static BoundListener bound(IpAddress address, int port, Protocol protocol) {
        return new BoundListener(address, port, protocol);
    }

    private static DesiredState own(boolean isBehindBalancer) {
        return new DesiredState(
                1,
                DesiredState.Origin.FILE,
                List.of(
                        new ListenerState(
                                IpAddress.ANY_V4, List.of(PortRange.of(443)), Set.of(Protocol.TCP), isBehindBalancer),
                        new ListenerState(
                                IpAddress.ANY_V4,
                                List.of(PortRange.of(443), PortRange.of(3478)),
                                Set.of(Protocol.UDP))),
                List.of(),
                DesiredState.DEFAULT_RELAY_PORTS,
                DesiredState.DEFAULT_REALM,
                List.of(),
                List.of(),
                List.of(),
                true,
                Optional.of(TestIdentity.ec()));
    }
}
