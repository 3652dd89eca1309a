package io.callgate.relay.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DestinationRule;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.Secret;
import io.callgate.model.StaticUser;
import io.callgate.relay.check.CheckPage;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DestinationPolicy;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.grant.HostAddresses;
import io.callgate.relay.grant.Ingress;
import io.callgate.relay.grant.Openings;
import io.callgate.relay.grant.OwnHost;
import io.callgate.relay.grant.Sessions;
import io.callgate.relay.grant.TestApps;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.IoKind;
import io.callgate.relay.tls.RecentHandshakes;
import io.callgate.testkit.FakeClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One tunnel between two channels in memory: back-pressure, rate and idle limit to the byte and the second.
class SpliceTest {
    private static final IpAddress SOMEWHERE = IpAddress.parse("198.51.100.7");
    private static final int READ_BYTES = 16 << 10;
    private static final int HIGH_WATER_BYTES = 64 << 10;

    private final FakeClock clock = new FakeClock();
    private final SlowReader reader = new SlowReader();
    private final EmbeddedChannel client = new EmbeddedChannel(reader);
    private final EmbeddedChannel target = new EmbeddedChannel();
    private final RelayLoop loop = new RelayLoop(0, client.eventLoop(), IoKind.NIO, clock);

    /// Takes nothing until told to.
    private static final class SlowReader extends ChannelOutboundHandlerAdapter {
        private boolean takes;

        @Override
        public void flush(ChannelHandlerContext context) {
            if (takes) {
                context.flush();
            }
        }
    }

    @AfterEach
    void releaseAll() {
        reader.takes = true;
        client.finishAndReleaseAll();
        target.finishAndReleaseAll();
    }

    @Test
    void readsNoMoreThanAReaderTakes() {
        splice(0);

        int reads = 0;
        while (target.config().isAutoRead()) {
            target.writeInbound(Unpooled.wrappedBuffer(new byte[READ_BYTES]));
            reads++;
        }

        assertThat(pendingBytesToClient())
                .isBetween((long) HIGH_WATER_BYTES, (long) HIGH_WATER_BYTES + READ_BYTES + 1024);

        reader.takes = true;
        client.flush();
        target.runPendingTasks();
        client.runPendingTasks();

        assertThat(target.config().isAutoRead()).as("reads on").isTrue();
        assertThat(bytesAtClient()).isEqualTo((long) reads * READ_BYTES);
    }

    @Test
    void holdsBytesOverTheRateAndSendsThemLater() {
        reader.takes = true;
        splice(80); // 10 kB/s
        int reads = 0;
        while (target.config().isAutoRead()) {
            target.writeInbound(Unpooled.wrappedBuffer(new byte[1000]));
            reads++;
        }
        long atOnce = bytesAtClient();
        assertThat(atOnce).isEqualTo((reads - 1) * 1000L);

        clock.advance(Duration.ofSeconds(2));
        target.advanceTimeBy(20, TimeUnit.MILLISECONDS);
        target.runScheduledPendingTasks();

        assertThat(bytesAtClient()).isEqualTo(1000);
        assertThat(target.config().isAutoRead()).isTrue();
    }

    @Test
    void closesAfterAnHourWithoutBytes() {
        Tunnels tunnels = splice(0);

        clock.advance(Duration.ofMinutes(59));
        tunnels.closeIdle(clock.nanos());
        assertThat(client.isOpen()).isTrue();

        target.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
        clock.advance(Duration.ofMinutes(59));
        tunnels.closeIdle(clock.nanos());
        assertThat(client.isOpen()).as("there were bytes meanwhile").isTrue();

        clock.advance(Duration.ofMinutes(2));
        tunnels.closeIdle(clock.nanos());
        assertThat(client.isOpen()).isFalse();
        assertThat(target.isOpen()).isFalse();
        assertThat(tunnels.count()).isZero();
        assertThat(loop.grants().isEmpty()).isTrue();
    }

    private long pendingBytesToClient() {
        return Objects.requireNonNull(client.unsafe().outboundBuffer()).totalPendingWriteBytes();
    }

    private long bytesAtClient() {
        long bytes = 0;
        for (ByteBuf next = client.readOutbound(); next != null; next = client.readOutbound()) {
            bytes += next.readableBytes();
            next.release();
        }
        return bytes;
    }

    private Tunnels splice(long kbitPerSecond) {
        StaticUser user = new StaticUser("alice", Secret.of("wonderland"));
        AppState app = new AppState(
                new AppId("demo"),
                List.of(),
                List.of(),
                List.of(DestinationRule.parse("198.51.100.0/24")),
                new Limits(100, 24, kbitPerSecond, 256, 256, 50, 256),
                List.of(user));
        Apps apps = new Apps(TestApps.state(List.of(app)), TestApps.NO_LOG);
        apps.apply(
                TestApps.state(List.of(app)),
                new DestinationPolicy.Surroundings(
                        new OwnHost(List.of(), List.of(), List.of(), List.of()),
                        TestApps.NO_ALLOCATIONS,
                        new HostAddresses(),
                        Openings.ALL));
        Authenticator authenticator = new Authenticator(apps, clock, Secret.of("decoy"));
        Authenticator.Verdict.Proved alice = (Authenticator.Verdict.Proved) authenticator.verify("alice", "wonderland");
        Grants.Opening.Granted granted = (Grants.Opening.Granted) loop.grants()
                .open(
                        alice.identity(),
                        new Sessions.Entry(
                                Sessions.Part.TUNNEL,
                                Ingress.SOCKS5,
                                IpAddress.parse("192.0.2.1"),
                                Endpoint.parse("192.0.2.9:443")),
                        clock.nanos());

        Tunnels tunnels = new Tunnels(
                loop,
                apps,
                authenticator,
                (host, asker) -> new CompletableFuture<>(),
                never -> {},
                new CheckPage(apps, new RecentHandshakes(loop.time()), loop.time()),
                Optional.empty());
        Tunnel tunnel = new Tunnel(
                tunnels, granted.grant(), client, new Destination.Literal(SOMEWHERE, 443), List.of(SOMEWHERE));
        tunnel.connected(target, SOMEWHERE);
        tunnel.splice();
        client.runPendingTasks();
        target.runPendingTasks();
        return tunnels;
    }
}
