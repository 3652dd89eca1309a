package io.callgate.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.e2e.LoopbackRelay.Login;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Chromium sends TURN over TCP through its proxy, also when that proxy is the TURN server itself.
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(30)
class ConnectToItselfTest {
    private static final int CHANNEL = 0x4001;
    private static final int PATIENCE_MILLIS = 10_000;

    private LoopbackRelay relay;

    @BeforeAll
    void start(Installation installation, @TempDir Path folder) {
        relay = LoopbackRelay.start(installation, folder);
    }

    @AfterAll
    void stop() {
        if (relay != null) relay.close();
    }

    @Test
    void turnWorksInsideAConnectToTheRelay() throws IOException {
        Login login = LoopbackRelay.credential("inside");
        try (EchoPeer peer = new EchoPeer();
                Socket inside = connectToItself(login);
                TurnClient client = TurnClient.over(inside, login)) {
            client.allocate();
            client.bind(CHANNEL, peer.address());
            client.send(CHANNEL, 42);

            assertThat(client.receive(CHANNEL)).isEqualTo(42);
            client.endAllocation();
        }
    }

    /// That each is also counted as a proxy loop, the relay's own tests say.
    @ParameterizedTest
    @ValueSource(strings = {"CONNECT 127.0.0.1:80 HTTP/1.1\r\n", "GET /check HTTP/1.1\r\n", "\u0005\u0001\u0000"})
    void nothingElseDoes(String start) throws IOException {
        try (Socket inside = connectToItself(Login.ALICE)) {
            inside.getOutputStream().write(start.getBytes(US_ASCII));

            assertThat(inside.getInputStream().readAllBytes()).isEmpty();
        }
    }

    private Socket connectToItself(Login login) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        String own = "127.0.0.1:" + relay.port();
        String credential = Base64.getEncoder().encodeToString(login.toString().getBytes(US_ASCII));
        socket.getOutputStream()
                .write(("CONNECT " + own + " HTTP/1.1\r\nHost: " + own + "\r\nProxy-Authorization: Basic " + credential
                                + "\r\n\r\n")
                        .getBytes(US_ASCII));
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            assertThat(next).as("end of the answer %s", head).isNotNegative();
            head.append((char) next);
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 200 ");
        return socket;
    }
}
