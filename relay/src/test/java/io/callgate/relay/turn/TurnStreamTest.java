package io.callgate.relay.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.model.Secret;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.TestApps;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.relay.loop.LoopDirectory;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.IoKind;
import io.callgate.testkit.FakeClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// S13: what a stranger may ask by one stream, and how it is answered.
class TurnStreamTest {
    private static final byte[] BINDING = HexFormat.of().parseHex("000100002112a442000102030405060708090a0b");
    private static final byte[] CHANNEL_DATA = HexFormat.of().parseHex("40000000");
    private static final IpAddress CLIENT = IpAddress.parse("203.0.113.7");
    private static final IpAddress RELAY = IpAddress.parse("192.0.2.1");

    private final FakeClock clock = new FakeClock();
    private final Flushes flushes = new Flushes();
    private final EmbeddedChannel channel = new EmbeddedChannel(flushes);
    private final RelayLoop loop = new RelayLoop(0, channel.eventLoop(), IoKind.NIO, clock);

    private static final class Flushes extends ChannelDuplexHandler {
        private int count;
        private int writabilityChanges;

        @Override
        public void flush(ChannelHandlerContext context) {
            count++;
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            writabilityChanges++;
            context.fireChannelWritabilityChanged();
        }
    }

    TurnStreamTest() {
        Secret key = Secret.of("key");
        Apps apps = new Apps(TestApps.state(List.of()), TestApps.NO_LOG);
        TurnContext context = new TurnContext(
                apps, new Authenticator(apps, clock, key), new RelayPorts(), new LoopDirectory(), 1, key, clock);
        new ClientAddress(CLIENT, 50000, new Endpoint(RELAY, 3478)).attachTo(channel);
        channel.pipeline()
                .addLast(new TurnStream(
                        new TurnServer(loop, context),
                        new ListenerPoint(1, RELAY, 3478, Protocol.TCP),
                        channel,
                        () -> {}));
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void answersAllThatCameInOneReadByOneFlush() {
        read(BINDING, 10);

        assertThat(answers()).isEqualTo(10);
        assertThat(flushes.count).isOne();
    }

    @Test
    void flushesNothingWhereItAnswersNothing() { // of an empty flush TLS makes an empty record
        read(CHANNEL_DATA, 3);

        assertThat(flushes.count).isZero();
    }

    @Test
    void aFullPacketToTheClientIsNoChangeOfWritabilityAndTwoThatWaitAre() {
        channel.writeOutbound(packet());
        assertThat(flushes.writabilityChanges).isZero();

        channel.write(packet());
        assertThat(channel.isWritable()).isTrue();
        channel.write(packet());
        assertThat(channel.isWritable()).isFalse();
        channel.flush();

        assertThat(channel.isWritable()).isTrue();
        assertThat(flushes.writabilityChanges).isEqualTo(2);
    }

    private static ByteBuf packet() {
        return Unpooled.buffer().writeZero(1300);
    }

    @Test
    void s13EndsTheStreamOfAStrangerThatAsksOnAndSendsWhatIsAnsweredFirst() {
        read(BINDING, 20);
        read(BINDING, TurnStream.MOST_STRANGER_MESSAGES - 20);
        assertThat(channel.isOpen()).isTrue();

        read(BINDING, 100);

        assertThat(channel.isOpen()).isFalse();
        assertThat(answers()).isEqualTo(TurnStream.MOST_STRANGER_MESSAGES);
        assertThat(drops(DropReason.STRANGER_RATE)).isOne();
    }

    @Test
    void s13CountsWhatIsNotAnsweredToo() {
        read(CHANNEL_DATA, 1000);

        assertThat(channel.isOpen()).isFalse();
        assertThat(drops(DropReason.NO_ALLOCATION)).isEqualTo(TurnStream.MOST_STRANGER_MESSAGES);
        assertThat(drops(DropReason.STRANGER_RATE)).isOne();
    }

    @Test
    void whatIsAnsweredIsSentAlsoWhereTheFramingIsLostBehindIt() {
        ByteBuf bytes = Unpooled.buffer().writeBytes(BINDING).writeBytes(new byte[] {(byte) 0xFF, 0, 0, 0});

        channel.writeInbound(bytes);

        assertThat(channel.isOpen()).isFalse();
        assertThat(answers()).isOne();
        assertThat(drops(DropReason.MALFORMED)).isOne();
    }

    private void read(byte[] message, int times) {
        ByteBuf bytes = Unpooled.buffer();
        for (int i = 0; i < times; i++) {
            bytes.writeBytes(message);
        }
        channel.writeInbound(bytes);
    }

    private int answers() {
        int count = 0;
        for (ByteBuf answer = channel.readOutbound(); answer != null; answer = channel.readOutbound()) {
            answer.release();
            count++;
        }
        return count;
    }

    private long drops(DropReason reason) {
        return Objects.requireNonNull(loop.drops().totals().get(reason));
    }
}
