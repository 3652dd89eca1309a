package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.e2e.LoopbackRelay.Login;
import io.callgate.model.TlsIdentity;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does to a running relay, and what its live calls notice of it: nothing.
@ExtendWith(Installation.Shared.class)
@Timeout(240)
class LiveCallsTest {
    private static final int CHANNEL = 0x4000;
    private static final String NEXT_SECRET = "fedcba9876543210";
    private static final String SHORT_LIFE = "6s"; // and yet time to begin a call on a busy machine
    private static final int SUBJECTS = 10;
    private static final int CALLS_PER_SUBJECT = 20;

    private final List<TurnClient> clients = new ArrayList<>();
    private Path folder = Path.of("unset");
    private LoopbackRelay relay;
    private EchoPeer peer;

    @BeforeEach
    void start(Installation installation, @TempDir Path folder) throws IOException {
        this.folder = folder;
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
        int added = FreePort.take();
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
    void replacedCertificateFilesLoseNoneOf200TlsCallsAndABrokenOneChangesNothing() throws Exception {
        showCertificate(TestIdentity.ec());
        relay.reload(configurationWithFiles());
        CloudTrust first = CloudTrust.of(certificateFile());
        for (int subject = 0; subject < SUBJECTS; subject++) {
            Login login = LoopbackRelay.credential("subject-" + subject);
            for (int call = 0; call < CALLS_PER_SUBJECT; call++) call(tls(first, login));
        }
        int rounds = 0;
        exchange(++rounds);

        int before = relay.process().lineCount();
        showCertificate(TestIdentity.rsa());
        Pattern shown =
                Pattern.compile("certificate\\.applied.*" + TestIdentity.rsa().fingerprint());
        CompletableFuture<String> seen = CompletableFuture.supplyAsync(
                () -> relay.process().awaitLineAfter(before, shown, LoopbackRelay.PATIENCE));
        while (!seen.isDone()) exchange(++rounds);
        seen.get();
        exchange(++rounds);
        CloudTrust second = CloudTrust.of(certificateFile());
        try (TurnClient late = tls(second, LoopbackRelay.credential("late"))) {
            late.allocate();
        }
        assertThatThrownBy(() -> tls(first, LoopbackRelay.credential("misled"))).isInstanceOf(SSLException.class);

        int broken = relay.process().lineCount();
        replace(certificateFile(), "no certificate");
        relay.process().awaitLineAfter(broken, Pattern.compile("config\\.refused.*cert\\.pem"), LoopbackRelay.PATIENCE);
        exchange(++rounds);
        try (TurnClient stillServed = tls(second, LoopbackRelay.credential("later"))) {
            stillServed.allocate();
        }
        showCertificate(TestIdentity.rsa());
        relay.process().awaitLineAfter(broken, Pattern.compile("state\\.applied"), LoopbackRelay.PATIENCE);
        exchange(++rounds);
        assertThat(relay.process().output().lines().skip(broken).filter(line -> line.contains("config.refused")))
                .hasSize(1);
        System.out.printf("certificate: %d live TLS calls, %d packets each, none lost%n", clients.size(), rounds);
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
        int port = FreePort.take();
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

    private Path certificateFile() {
        return folder.resolve("cert.pem");
    }

    private String configurationWithFiles() {
        return LoopbackRelay.configuration(LoopbackRelay.SECRET, relay.port())
                + "tls: {certificate: cert.pem, key: key.pem}\n";
    }

    private void showCertificate(TlsIdentity identity) throws IOException {
        replace(certificateFile(), pem("CERTIFICATE", encoded(identity)));
        replace(
                folder.resolve("key.pem"),
                pem("PRIVATE KEY", identity.privateKey().getEncoded()));
    }

    private static byte[] encoded(TlsIdentity identity) {
        try {
            return identity.certificate().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(label, Base64.getMimeEncoder().encodeToString(der));
    }

    /// As whoever renews certificates does it: nobody sees half of a file.
    private static void replace(Path file, String content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        LoopbackRelay.write(next, content);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private TurnClient tls(CloudTrust trust, Login login) throws IOException {
        SSLSocket socket = (SSLSocket) trust.sockets().createSocket();
        try {
            socket.connect(relay.address());
            socket.startHandshake();
            return TurnClient.over(socket, login);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private TurnClient call(Login login) throws IOException {
        return call(TurnClient.overUdp(relay.address(), login));
    }

    private TurnClient call(TurnClient client) {
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
