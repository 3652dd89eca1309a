package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DestinationRule;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.Secret;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayOptions;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/// A relay in this process with app `demo`, which lets clients from 127.0.0.1 in without a credential.
record LoopbackRelay(Relay relay, RelayConfig config, int port) implements AutoCloseable {
    static final String SECRET = "a-secret-that-nobody-may-see";

    static LoopbackRelay start() {
        return start(OperationConfig.DEFAULT);
    }

    static LoopbackRelay start(OperationConfig operation) {
        int port = freePort();
        AppState demo = new AppState(
                new AppId("demo"),
                List.of(Secret.of(SECRET)),
                List.of(Cidr.parse("127.0.0.1/32")),
                List.of(DestinationRule.parse("127.0.0.1/32")),
                Limits.DEFAULT,
                List.of());
        RelayConfig config = RelayConfig.DEFAULT
                .withListeners(List.of(RelayConfig.listener(IpAddress.parse("127.0.0.1"), port)))
                .withApps(List.of(demo))
                .withOperation(operation);
        return new LoopbackRelay(
                Relay.start(config.desiredState(1, TestIdentity.ec()), RelayOptions.of(new SystemTime())),
                config,
                port);
    }

    /// The same configuration once more.
    void apply(long version) {
        relay.apply(config.desiredState(version, TestIdentity.ec()));
    }

    /// Free for both protocols a moment ago.
    static int freePort() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket tcp = new ServerSocket(0, 1, loopback);
                DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort()))) {
            return udp.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        relay.close();
    }
}
