package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.TurnClient;
import io.callgate.model.IpAddress;
import io.callgate.model.Portion;
import io.callgate.model.Secret;
import io.callgate.model.Transport;
import io.callgate.relay.RelayOptions;
import io.callgate.relay.link.LinkOptions;
import io.callgate.relay.link.LinkedRelay;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A relay on loopback that hears of its apps from a control, which knows that it does.
final class LinkedRelayUnderTest implements AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private final int port = FreePort.take();
    private final SkippingTime time = new SkippingTime();
    private final LinkWire wire;
    private final LinkedRelay linked;

    LinkedRelayUnderTest(ControlUnderTest control, Path folder) throws IOException, InterruptedException {
        this(control, folder, "relay-1");
    }

    LinkedRelayUnderTest(ControlUnderTest control, Path folder, String name) throws IOException, InterruptedException {
        LinkFiles memory = new LinkFiles(Files.createDirectory(folder));
        wire = new LinkWire(control.port);
        linked = LinkedRelay.start(
                RelayConfig.DEFAULT
                        .withListeners(List.of(RelayConfig.listener(IpAddress.parse("127.0.0.1"), port)))
                        .desiredState(1, TestIdentity.ec()),
                RelayOptions.of(time).withUsageMemory(memory.usageMemory()),
                LinkOptions.onLoopback(wire.port(), Secret.of(control.joinToken()), name, memory));
        assertThat(linked.awaitState(Duration.ofSeconds(20))).isTrue();
        wire.await(() -> control.hasServingRelay(name));
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /// Where the two are listened to.
    LinkWire wire() {
        return wire;
    }

    /// Control has heard all that the relay can tell at this moment, and the relay control's answer.
    ///
    /// The first heartbeat may have been put together before; the third begins when the second has been answered.
    void exchangeNews() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            beatSoon();
        }
    }

    /// Cuts it off for longer than anything is lent.
    void cutOff() throws InterruptedException {
        wire.cut();
        beatSoon(); // in vain; so no answer is under way any more
        time.skip(Portion.LENT_FOR);
    }

    private void beatSoon() throws InterruptedException {
        long before = wire.beats();
        time.skip(HEARTBEAT);
        wire.await(() -> wire.beats() > before);
    }

    /// An allocation over UDP.
    ///
    /// @throws io.callgate.client.failure.PathException if the relay refuses it
    TurnClient call(Login login) {
        return TurnClient.allocate(
                new Entrance(HostPort.parse(address(), 0), Transport.UDP, Trust.system()),
                Dialer.direct(),
                login,
                new NoReceiver(),
                new SystemTime(),
                Attempt.within(new SystemTime(), Duration.ofSeconds(5)));
    }

    @Override
    public void close() {
        linked.close();
        wire.close();
    }
}
