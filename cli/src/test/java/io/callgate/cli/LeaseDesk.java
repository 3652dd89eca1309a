package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.Candidate;
import io.callgate.model.Endpoint;
import io.callgate.model.ErrorCode;
import io.callgate.model.IpAddress;
import io.callgate.model.Lease;
import io.callgate.model.LeaseJson;
import io.callgate.model.ModePolicy;
import io.callgate.model.Region;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.model.TlsIdentity;
import io.callgate.model.Transport;
import io.callgate.testkit.TestIdentity;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// An entry that hands out whatever lease a test sets, so that candidates may be gates and nobody.
final class LeaseDesk implements AutoCloseable {
    private static final SystemTime TIME = new SystemTime();
    private static final String LATER = "{\"detail\": \"this relay does not reach control\", \"mend\": \"wait\"}";

    /// What came with the questions, in their order.
    final List<String> bodies = new CopyOnWriteArrayList<>();

    /// What was asked for, as `POST /v1/leases`.
    final List<String> asked = new CopyOnWriteArrayList<>();

    private final ServerSocket listener;
    private volatile List<Candidate> candidates = List.of();
    private volatile Duration life = Duration.ofHours(1);
    private volatile ModePolicy policy = ModePolicy.DEFAULT;
    private volatile long allowlistVersion = 1;
    private volatile List<ErrorCode> warnings = List.of();
    private volatile String allowlist = "";
    private volatile boolean silent;
    private volatile boolean mute;
    private volatile boolean stranger;
    private volatile Optional<ErrorCode> refusal = Optional.empty();
    private final AtomicInteger toPutOff = new AtomicInteger();

    private LeaseDesk(ServerSocket listener) {
        this.listener = listener;
        Thread thread = new Thread(this::serve, "lease-desk");
        thread.setDaemon(true);
        thread.start();
    }

    static LeaseDesk open(Candidate... candidates) {
        try {
            TlsIdentity identity = TestIdentity.ec();
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "desk", identity.privateKey(), new char[0], identity.chain().toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            LeaseDesk desk = new LeaseDesk(
                    context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            desk.offer(candidates);
            return desk;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /// On loopback.
    static Candidate candidate(String relay, int port, Transport transport) {
        boolean encrypts = transport == Transport.TLS || transport == Transport.HTTPS;
        return new Candidate(
                relay,
                new Region("eu"),
                new Endpoint(IpAddress.parse("127.0.0.1"), port),
                transport,
                1,
                Optional.empty(),
                encrypts ? Optional.of(TestIdentity.ec().pin()) : Optional.empty());
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    void offer(Candidate... now) {
        candidates = List.of(now);
    }

    void setLife(Duration now) {
        life = now;
    }

    void setPolicy(ModePolicy now) {
        policy = now;
    }

    void setAllowlistVersion(long now) {
        allowlistVersion = now;
    }

    /// What `GET /v1/allowlist` answers with.
    void setAllowlist(String signed) {
        allowlist = signed;
    }

    void warn(ErrorCode of) {
        warnings = List.of(of);
    }

    /// Connections are closed without an answer.
    void setSilent(boolean now) {
        silent = now;
    }

    /// Connections are taken, and questions read; nothing follows.
    void setMute(boolean now) {
        mute = now;
    }

    /// It is somebody's web server, and has no such page.
    void setStranger(boolean now) {
        stranger = now;
    }

    /// Every question is refused so, in control's own form.
    void refuse(ErrorCode code) {
        refusal = Optional.of(code);
    }

    /// So many questions are put off, as a relay does that does not reach control.
    void putOff(int questions) {
        toPutOff.set(questions);
    }

    private void serve() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread thread = new Thread(() -> answer(socket), "lease-desk");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line = in.readLine();
            if (line == null) {
                return;
            }
            asked.add(line.replaceFirst(" HTTP/1.1$", "").replaceFirst("leases/[^/]+/", "leases/x/"));
            if (silent) {
                return;
            }
            bodies.add(body(in));
            if (mute) {
                in.read(); // until the client hangs up
            } else if (stranger) {
                write(socket, "404 Not Found", "<html>There is no such page.</html>");
            } else {
                boolean isLater = toPutOff.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                String body = isLater ? LATER : refusal.map(LeaseDesk::problem).orElseGet(() -> answer(line));
                String refused = refusal.isPresent() ? "403 Forbidden" : "200 OK";
                String status = isLater ? "503 Service Unavailable" : refused;
                write(socket, status, body);
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private static void write(Socket socket, String status, String body) throws IOException {
        String answer = "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }

    private static String body(BufferedReader in) throws IOException {
        int bytes = 0;
        for (String field = in.readLine(); field != null && !field.isEmpty(); field = in.readLine()) {
            if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                bytes = Integer.parseInt(
                        field.substring("content-length:".length()).strip());
            }
        }
        char[] body = new char[bytes];
        for (int read = 0; read < bytes; ) {
            int more = in.read(body, read, bytes - read);
            if (more < 0) {
                throw new EOFException();
            }
            read += more;
        }
        return new String(body);
    }

    private String answer(String line) {
        if (line.startsWith("GET /v1/allowlist")) {
            return allowlist;
        }
        return (line.startsWith("GET") ? LeaseJson.write(policy) : LeaseJson.write(lease())).toString();
    }

    private static String problem(ErrorCode code) {
        return "{\"code\": " + code.number() + ", \"detail\": \"" + code.meaning() + "\", \"mend\": \"ask the desk\"}";
    }

    private Lease lease() {
        var end = TIME.now().plus(life);
        List<Candidate> ranked = new ArrayList<>(candidates);
        return new Lease(
                "a-lease",
                end,
                ranked,
                RelayCredential.mint(
                        Secret.of(LoopbackRelay.SECRET),
                        new AppId("demo"),
                        new Subject("alice"),
                        TIME.now().plus(Duration.ofHours(1))),
                policy,
                allowlistVersion,
                warnings);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
