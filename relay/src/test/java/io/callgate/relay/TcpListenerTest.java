package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/// The listening socket itself.
class TcpListenerTest {
    @Test
    void connectionsEndWithTheirListenerAndNoOthers() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller tunnel = relay.call();
                Caller turn = relay.call();
                Caller silent = relay.call()) {
            TcpListener other = relay.newListener();
            other.bind(TcpRelay.LOOPBACK, 0).syncUninterruptibly();
            tunnel.connect(echo.authority(), TcpRelay.credential("bob"));
            turn.sendHex(Caller.STUN_BINDING);
            assertThat(turn.readText(4)).isEqualTo("TURN");
            try (Caller stays = new Caller(other.local())) {
                stays.connect(echo.authority(), TcpRelay.credential("bob"));

                int port = relay.address().port();
                relay.listener().close().syncUninterruptibly();

                Assertions.assertThatExceptionOfType(ConnectException.class)
                        .isThrownBy(() -> new Socket(TcpRelay.LOOPBACK.toInetAddress(), port).close());
                assertThat(tunnel.readToEnd()).isEmpty();
                assertThat(turn.readToEnd()).isEmpty();
                assertThat(silent.readToEnd()).isEmpty();
                stays.send("hello");
                assertThat(stays.readText(5)).isEqualTo("hello");
                assertThat(relay.tunnels()).isOne();
            } finally {
                other.close().syncUninterruptibly();
            }
        }
    }

    @Test
    void saysWhenThePortIsTaken() {
        try (Destinations.Server other = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing().start()) {
            ChannelFuture bound = relay.newListener().bind(TcpRelay.LOOPBACK, other.port());

            assertThat(bound.awaitUninterruptibly().cause())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Address already in use");
        }
    }

    @Test
    void acceptingGoesOnAfterItFailedAndIsLoggedOnce() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Logs log = Logs.record()) {
            for (int i = 0; i < 20; i++) {
                relay.failAccept(new IOException("Too many open files"));
            }

            try (Caller caller = relay.call()) {
                caller.sendHex(Caller.STUN_BINDING);
                assertThat(caller.readText(4)).isEqualTo("TURN");
            }
            assertThat(log.ours()).containsExactly("accept.failed");
        }
    }
}
