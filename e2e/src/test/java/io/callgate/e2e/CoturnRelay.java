package io.callgate.e2e;

import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.testkit.Host;
import io.callgate.testkit.LabException;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// coturn in our relay's place, to compare with. It has no proxy for signalling: [ConnectStandIn] stands beside
/// it. For streams it takes a third program to have one port: haproxy in front of both, which tells them apart by
/// their first bytes and speaks TLS for them.
final class CoturnRelay implements RelayUnderTest {
    private static final Secret SECRET = Secret.of("a secret of the laboratory, thirty-two bytes");
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final int STAND_IN_PORT = 8080; // behind haproxy
    private static final InetSocketAddress STAND_IN_BEHIND_HAPROXY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), STAND_IN_PORT);
    private static final int TLS_PORT = 8443; // haproxy's own, on loopback

    private final LabProcess coturn;
    private final ConnectStandIn standIn;
    private final Optional<LabProcess> haproxy;

    /// Media over UDP 3478 and 443; TCP 443 is the stand-in's.
    static CoturnRelay alone(Host here, Host cloud, Path folder, String label) {
        String address = here.address();
        LabProcess coturn = startCoturn(here, cloud, folder, label, "no-tcp\naux-server=" + address + ":443");
        return new CoturnRelay(here, coturn, new InetSocketAddress(address, 443), Optional.empty());
    }

    /// Media over UDP 3478; on TCP 443 haproxy, for TURN and CONNECT, with and without TLS.
    static CoturnRelay behindHaproxy(Host here, Host cloud, LabAuthority authority, Path folder, String label) {
        LabProcess coturn = startCoturn(here, cloud, folder, label, "");
        LabProcess haproxy;
        try {
            haproxy = startHaproxy(here, authority, folder, label + "-haproxy");
        } catch (LabException e) {
            coturn.close();
            throw e;
        }
        return new CoturnRelay(here, coturn, STAND_IN_BEHIND_HAPROXY, Optional.of(haproxy));
    }

    private CoturnRelay(Host here, LabProcess coturn, InetSocketAddress standInAddress, Optional<LabProcess> haproxy) {
        this.coturn = coturn;
        this.haproxy = haproxy;
        standIn = ConnectStandIn.withCredentials(here, standInAddress, SECRET);
    }

    private static LabProcess startCoturn(Host here, Host cloud, Path folder, String label, String listeners) {
        Path config = write(folder.resolve(label + ".conf"), """
            listening-ip=%1$s
            relay-ip=%1$s
            listening-port=3478
            no-tls
            no-dtls
            no-cli
            use-auth-secret
            static-auth-secret=%2$s
            realm=callgate-lab
            denied-peer-ip=0.0.0.0-255.255.255.255
            allowed-peer-ip=%3$s
            userdb=%4$s
            pidfile=%5$s
            log-file=stdout
            %6$s
            """.formatted(
                        here.address(),
                        SECRET.reveal(),
                        cloud.address(),
                        folder.resolve(label + ".db"),
                        folder.resolve(label + ".pid"),
                        listeners));
        LabProcess process = here.start(label, List.of("turnserver", "-c", config.toString()), Map.of());
        // The last thing it does before it serves; its sockets are open by then.
        return awaited(process, "SQLite DB connection success");
    }

    private static LabProcess startHaproxy(Host here, LabAuthority authority, Path folder, String label) {
        Path pair = folder.resolve(label + ".pem");
        try {
            Files.writeString(
                    pair, Files.readString(authority.relayCertificate()) + Files.readString(authority.relayKey()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + pair, e);
        }
        // A STUN message begins with 0x00; all else that is not TLS is HTTP.
        String demux = """
                tcp-request inspect-delay 5s
                tcp-request content accept if { req.len ge 2 }
                use_backend turn if { req.payload(0,1) -m bin 00 }
                default_backend connect
            """;
        Path config = write(
                folder.resolve(label + ".cfg"), """
                    defaults
                        mode tcp
                        timeout connect 5s
                        timeout client 1h
                        timeout server 1h
                    frontend one_port
                        bind %1$s:443
                        use_backend tls if { req.payload(0,2) -m bin 1603 }
                    %5$s
                    frontend inside_tls
                        bind 127.0.0.1:%2$d ssl crt %3$s
                    %5$s
                    backend tls
                        server here 127.0.0.1:%2$d
                    backend turn
                        server coturn %1$s:3478
                    backend connect
                        server stand_in 127.0.0.1:%4$d
                    """.formatted(here.address(), TLS_PORT, pair, STAND_IN_PORT, demux));
        LabProcess process = here.start(label, List.of("haproxy", "-W", "-db", "-f", config.toString()), Map.of());
        return awaited(process, "Loading success");
    }

    private static LabProcess awaited(LabProcess process, String line) {
        try {
            process.awaitLine(Pattern.compile(line), READY_LIMIT);
            return process;
        } catch (LabException e) {
            process.close(); // or it would stand in the way of the next one
            throw e;
        }
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    @Override
    public RelayCredential credential(AppId app, String subject, Duration life) {
        return RelayCredential.mint(
                SECRET, app, new Subject(subject), Instant.now().plus(life));
    }

    @Override
    public void close() {
        haproxy.ifPresent(LabProcess::close);
        standIn.close();
        coturn.close();
    }
}
