package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What `doctor` says of a real company's proxy on the way to a real relay.
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class DoctorBehindProxyTest {
    private static final String[] STREAMS = {"tcp", "tls", "http", "https"};

    private TunnelRelay relay;
    private int port;

    @BeforeAll
    void start(Installation installation, @TempDir Path folder) throws IOException, CertificateEncodingException {
        ProgramRun.needs("squid-openssl", "squid");
        ProgramRun.needs("openssl", "openssl");
        relay = TunnelRelay.Callgate.start(installation, folder);
        port = relay.port(Transport.TCP);
    }

    @AfterAll
    void stop() {
        if (relay != null) relay.close();
    }

    @Test
    void passesByEveryStream() throws IOException {
        try (Squid squid = Squid.start(port)) {
            DoctorRun run = doctor(squid, Squid.PASSWORD);

            assertThat(run.exitCode()).as(run.out()).isZero();
            for (String stream : STREAMS)
                assertThat(run.passed(stream)).as(run.out()).isTrue();
            assertThat(run.cause("udp")).contains("cannot go through HTTP proxy 127.0.0.1:" + squid.port());
        }
    }

    @Test
    void namesAWrongPassword() throws IOException {
        try (Squid squid = Squid.start(port)) {
            DoctorRun run = doctor(squid, "guess");

            assertThat(run.exitCode()).isEqualTo(1);
            for (String stream : STREAMS) {
                assertThat(run.cause(stream))
                        .isEqualTo("HTTP proxy 127.0.0.1:" + squid.port()
                                + " does not take the user name and password of corp (it offers Basic)");
                assertThat(run.mend(stream)).isEqualTo("check them");
            }
        }
    }

    @Test
    void asksForALoginWhereTheProxyWantsOne() throws IOException {
        try (Squid squid = Squid.start(port)) {
            DoctorRun run = doctor(squid, Map.of());

            assertThat(run.cause("tcp"))
                    .isEqualTo("HTTP proxy 127.0.0.1:" + squid.port()
                            + " wants a user name and password (it offers Basic)");
            assertThat(run.mend("tcp")).isEqualTo("give them for this proxy");
        }
    }

    /// As squid's own example has it: CONNECT is for port 443 alone.
    @Test
    void saysThatTheProxyOpensNoTunnelToThatPort() throws IOException {
        try (Squid squid = Squid.start(443)) {
            DoctorRun run = doctor(squid, Squid.PASSWORD);

            assertThat(run.cause("tls")).contains("answers 403 Forbidden when asked for 127.0.0.1:" + port);
            assertThat(run.mend("tls")).isEqualTo("let that proxy open tunnels to 127.0.0.1:" + port);
        }
    }

    @Test
    void namesWhoInspectsTls() throws IOException {
        try (Squid squid = Squid.inspecting(port)) {
            DoctorRun run = doctor(squid, Squid.PASSWORD);

            for (String inTls : new String[] {"tls", "https"}) {
                assertThat(run.cause(inTls))
                        .contains("TLS to 127.0.0.1:" + port + " is opened on the way")
                        .contains("issued by \"CN=Corp Inspection CA\"");
                assertThat(run.mend(inTls)).isEqualTo("exempt that address from TLS inspection");
            }
        }
    }

    private DoctorRun doctor(Squid squid, String password) {
        return doctor(squid, Map.of("CALLGATE_PROXY_USERNAME", Squid.NAME, "CALLGATE_PROXY_PASSWORD", password));
    }

    private DoctorRun doctor(Squid squid, Map<String, String> environment) {
        return DoctorRun.of(
                environment,
                "--server",
                "127.0.0.1:" + port,
                "--pin",
                TunnelRelay.IDENTITY.pin(),
                "--proxy",
                "http://127.0.0.1:" + squid.port(),
                "--patience",
                "10");
    }
}
