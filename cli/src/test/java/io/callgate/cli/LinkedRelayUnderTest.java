package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.model.Secret;
import io.callgate.relay.RelayOptions;
import io.callgate.relay.link.LinkOptions;
import io.callgate.relay.link.LinkedRelay;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A relay on loopback that hears of its apps from a control, which knows that it does.
final class LinkedRelayUnderTest implements AutoCloseable {
    private final int port = LoopbackRelay.freePort();
    private final LinkWire wire;
    private final LinkedRelay linked;

    LinkedRelayUnderTest(ControlUnderTest control, Path folder) throws IOException, InterruptedException {
        LinkFiles memory = new LinkFiles(Files.createDirectory(folder));
        wire = new LinkWire(control.port);
        linked = LinkedRelay.start(
                RelayConfig.DEFAULT
                        .withListeners(List.of(RelayConfig.listener(IpAddress.parse("127.0.0.1"), port)))
                        .desiredState(1, TestIdentity.ec()),
                RelayOptions.of(new SystemTime()),
                LinkOptions.onLoopback(wire.port(), Secret.of(control.joinToken()), "relay-1", memory));
        assertThat(linked.awaitState(Duration.ofSeconds(20))).isTrue();
        wire.await(control::hasServingRelay);
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        linked.close();
        wire.close();
    }
}
