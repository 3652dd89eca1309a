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
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.util.List;

/// A relay in this process with app `demo`, which lets clients from 127.0.0.1 in without a credential.
record LoopbackRelay(Relay relay, RelayConfig config, int port) implements AutoCloseable {
    static final String SECRET = "a-secret-that-nobody-may-see";

    static LoopbackRelay start() {
        return start(OperationConfig.DEFAULT);
    }

    static LoopbackRelay start(OperationConfig operation) {
        int port = FreePort.take();
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

    @Override
    public void close() {
        relay.close();
    }
}
