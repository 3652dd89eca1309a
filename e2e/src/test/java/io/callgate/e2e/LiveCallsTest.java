package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.e2e.LoopbackRelay.Login;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does to a running relay, and what its live calls notice of it: nothing.
@ExtendWith(Installation.Shared.class)
@Timeout(60)
class LiveCallsTest {
    private static final int CHANNEL = 0x4000;
    private static final String NEXT_SECRET = "fedcba9876543210";
    private static final String SHORT_LIFE = "6s"; // and yet time to begin a call on a busy machine
    private static final int SUBJECTS = 10;
    private static final int CALLS_PER_SUBJECT = 20;

    private final List<TurnClient> clients = new ArrayList<>();
    private LoopbackRelay relay;
    private EchoPeer peer;

    @BeforeEach
    void start(Installation installation, @TempDir Path folder) throws IOException {
        relay = LoopbackRelay.start(installation, folder);
        peer = new EchoPeer();
    }

    @AfterEach
    void stop() {
        clients.forEach(TurnClient::close);
        if (peer != null) peer.close();
        if (relay != null) relay.close();
    }

    @Test
    void aReloadThatAddsAPortLosesNoneOf200Calls() throws Exception {
        for (int subject = 0; subject < SUBJECTS; subject++) {
            Login login = LoopbackRelay.credential("subject-" + subject);
            for (int call = 0; call < CALLS_PER_SUBJECT; call++) call(login);
        }
        int added = LoopbackRelay.freePort();
        int rounds = 0;

        exchange(++rounds);
        CompletableFuture<Void> reloaded = CompletableFuture.runAsync(
                () -> relay.reload(LoopbackRelay.configuration(LoopbackRelay.SECRET, relay.port(), added)));
        while (!reloaded.isDone()) exchange(++rounds);
        reloaded.get();
        exchange(++rounds);

        InetSocketAddress newPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), added);
        try (TurnClient client = TurnClient.overUdp(newPort, LoopbackRelay.credential("newcomer"))) {
            client.allocate();
        }
        System.out.printf("reload: %d live allocations, %d packets each, none lost%n", clients.size(), rounds);
    }

    @Test
    void aCallOutlivesItsCredentialAndItsSecret() throws Exception {
        Login shortLived = relay.printedCredential("alice", SHORT_LIFE);
        TurnClient client = call(shortLived);
        exchange(1);

        relay.reload(LoopbackRelay.configuration(NEXT_SECRET, relay.port()));
        exchange(2);
        awaitRefusal(relay.printedCredential("bob", SHORT_LIFE));

        client.refresh();
        exchange(3);
        assertThat(tryAllocate(shortLived)).isEqualTo(TurnClient.UNAUTHORIZED);
        assertThat(tryAllocate(LoopbackRelay.credential(NEXT_SECRET, "carol"))).isZero();
    }

    @Test
    void sigtermLetsALiveCallEndAndTakesNoNewOne(Installation installation, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("drained.yaml");
        int port = LoopbackRelay.freePort();
        LoopbackRelay.write(file, LoopbackRelay.configuration(LoopbackRelay.SECRET, port));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Login login = Login.ALICE;
        try (LabProcess process = installation.start(folder, "relay", "--grace", "40s", "--config", file.toString())) {
            process.awaitLine(LoopbackRelay.READY, LoopbackRelay.PATIENCE);
            try (TurnClient live = TurnClient.overUdp(address, login);
                    TurnClient late = TurnClient.overUdp(address, LoopbackRelay.credential("late"))) {
                live.allocate();
                live.bind(CHANNEL, peer.address());

                process.signal("TERM");
                process.awaitLine(Pattern.compile("draining: 1 session, 1 allocation"), LoopbackRelay.PATIENCE);
                assertThat(late.tryAllocate()).isNotZero();
                live.refresh();
                live.send(CHANNEL, 7);
                assertThat(live.receive(CHANNEL)).isEqualTo(7);
                live.endAllocation();

                assertThat(process.awaitEnd(Duration.ofSeconds(10))).isZero();
                assertThat(process.output()).contains("drained: every session has ended");
            }
        }
    }

    private TurnClient call(Login login) throws IOException {
        TurnClient client = TurnClient.overUdp(relay.address(), login);
        clients.add(client);
        client.allocate();
        client.bind(CHANNEL, peer.address());
        return client;
    }

    /// One packet of every call, to the peer and back.
    private void exchange(int number) {
        clients.forEach(client -> client.send(CHANNEL, number));
        for (TurnClient client : clients) assertThat(client.receive(CHANNEL)).isEqualTo(number);
    }

    /// Asks four times a second until the credential is one too old.
    private void awaitRefusal(Login login) throws Exception {
        CompletableFuture<Integer> refused = new CompletableFuture<>();
        try (ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor()) {
            asking.scheduleAtFixedRate(
                    () -> {
                        try {
                            int error = tryAllocate(login);
                            if (error != 0) refused.complete(error);
                        } catch (IOException | RuntimeException | Error e) {
                            refused.completeExceptionally(e);
                        }
                    },
                    0,
                    250,
                    TimeUnit.MILLISECONDS);
            try {
                assertThat(refused.get(20, TimeUnit.SECONDS)).isEqualTo(TurnClient.UNAUTHORIZED);
            } finally {
                asking.shutdownNow();
            }
        }
    }

    private int tryAllocate(Login login) throws IOException {
        try (TurnClient client = TurnClient.overUdp(relay.address(), login)) {
            int error = client.tryAllocate();
            if (error == 0) client.endAllocation();
            return error;
        }
    }
}
