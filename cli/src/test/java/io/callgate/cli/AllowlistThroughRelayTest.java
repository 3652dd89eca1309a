package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.lease.LeaseClient;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.TurnClient;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import io.callgate.model.Endpoint;
import io.callgate.model.ErrorCode;
import io.callgate.model.IpAddress;
import io.callgate.model.Lease;
import io.callgate.model.LeaseRequest;
import io.callgate.model.Protocol;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.model.Transport;
import io.callgate.relay.RelayOptions;
import io.callgate.relay.link.LinkOptions;
import io.callgate.relay.link.LinkedRelay;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A client that reaches nothing but a real relay, and the list of what its firewall must open.
@Timeout(60)
class AllowlistThroughRelayTest implements DatagramTunnel.Receiver {
    private static final SystemTime TIME = new SystemTime();

    @TempDir
    private Path folder = Path.of("unset");

    private int port;
    private ControlUnderTest control;
    private LinkedRelay relay;
    private String secret = "";

    @BeforeEach
    void startBoth() throws IOException, InterruptedException {
        port = FreePort.take();
        control = new ControlUnderTest(Files.createDirectory(folder.resolve("control")));
        secret = control.app("demo", "");
        relay = LinkedRelay.start(
                RelayConfig.DEFAULT
                        .withListeners(List.of(RelayConfig.listener(IpAddress.parse("127.0.0.1"), port)))
                        .withControlMayOpen(List.of(Cidr.parse("127.0.0.0/8")))
                        .desiredState(1, TestIdentity.ec()),
                RelayOptions.of(TIME),
                LinkOptions.onLoopback(
                        control.port,
                        Secret.of(control.joinToken()),
                        "relay-1",
                        new LinkFiles(Files.createDirectory(folder.resolve("relay")))));
        assertThat(relay.awaitState(Duration.ofSeconds(20))).isTrue();
        while (!control.relay().get("alive").asBoolean()) {
            Thread.onSpinWait(); // its first report; each turn is a request
        }
    }

    @AfterEach
    void stopBoth() {
        relay.close();
        control.close();
    }

    @Test
    void aClientBelievesTheListByTheOperatorsKeyAlone() {
        LeaseClient client = client();
        Lease lease = lease(client);

        Allowlist list = client.allowlist(lease, key());

        assertThat(list.app()).contains(new AppId("demo"));
        assertThat(list.version()).isEqualTo(lease.allowlistVersion());
        assertThat(list.admits(new Endpoint(IpAddress.parse("127.0.0.1"), port), Protocol.UDP))
                .isTrue();
        assertThat(list.admits(new Endpoint(IpAddress.parse("127.0.0.1"), port), Protocol.TCP))
                .isTrue();
        AllowlistKey another = AllowlistKey.parse("ed25519/11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        PathException refused = catchThrowableOfType(PathException.class, () -> client.allowlist(lease, another));
        assertThat(refused.code()).isEqualTo(ErrorCode.ALLOWLIST_UNTRUSTED);
        assertThat(refused).hasMessageContaining("not signed with the key that you trust");
    }

    /// What "fixed addresses" are for: the media servers behind the relay are others, the firewall stays as it is.
    @Test
    void tenNewMediaServersChangeNoListAndAreReached() throws Exception {
        LeaseClient client = client();
        Allowlist before = client.allowlist(lease(client), key());
        try (DatagramSocket server =
                new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.77"), 0))) {
            Lease lease = lease(client);
            try (TurnClient call = call(lease)) {
                PathException refused =
                        catchThrowableOfType(PathException.class, () -> call.open(address(server), attempt()));
                assertThat(refused).as("not allowed yet").isNotNull();
            }

            String servers = IntStream.rangeClosed(70, 79)
                    .mapToObj(i -> "{\"cidr\": \"127.0.0." + i + "/32\", \"protocols\": [\"udp\"]}")
                    .collect(Collectors.joining(", "));
            control.ask("PATCH", "/v1/apps/demo", "{\"destinations\": [" + servers + "]}");

            assertThat(reached(server, lease)).isTrue();
            assertThat(client.allowlist(lease(client), key())).isEqualTo(before);
        }
    }

    /// The relay hears of the change within seconds; until then a call is refused.
    private boolean reached(DatagramSocket server, Lease lease) throws IOException {
        server.setSoTimeout(200);
        for (int attempt = 0; attempt < 50; attempt++) {
            try (TurnClient call = call(lease)) {
                call.open(address(server), attempt());
                call.send(address(server), ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
                server.receive(new DatagramPacket(new byte[100], 100));
                return true;
            } catch (PathException | SocketTimeoutException e) {
                // Not yet.
            }
        }
        return false;
    }

    private static InetSocketAddress address(DatagramSocket server) {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private TurnClient call(Lease lease) {
        return TurnClient.allocate(
                new Entrance(HostPort.parse("127.0.0.1:" + port, 0), Transport.UDP, Trust.system()),
                Dialer.direct(),
                new Login(lease.credential().username(), lease.credential().password()),
                this,
                TIME,
                attempt());
    }

    private LeaseClient client() {
        return new LeaseClient(
                List.of(HostPort.parse("127.0.0.1:" + port, 0)),
                Trust.pin(TestIdentity.ec().pin()),
                Dialer.direct(),
                TIME);
    }

    private Lease lease(LeaseClient client) {
        String token = ControlUnderTest.token("demo", "alice", secret);
        return client.lease(
                LeaseRequest.of(new Subject("alice")),
                new LeaseClient.Claim(Optional.empty(), Optional.empty(), () -> token));
    }

    private AllowlistKey key() {
        return AllowlistKey.parse(
                control.ask("GET", "/v1/allowlist/key", "").get("key").asString());
    }

    private static Attempt attempt() {
        return Attempt.within(TIME, Duration.ofSeconds(5));
    }

    @Override
    public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {}

    @Override
    public void onEnded(Failure failure) {}
}
