package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// OpenSSL judges the relay's TLS: whatever a client says of protocols and names, its certificate holds and what
/// is inside is served.
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpensslTest {
    private LoopbackRelay relay;

    @BeforeAll
    void start(Installation installation, @TempDir Path folder) {
        ProgramRun.needs("openssl", "openssl");
        relay = LoopbackRelay.start(installation, folder);
    }

    @AfterAll
    void stop() {
        if (relay != null) relay.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "-alpn foo                | No ALPN negotiated     | TLSv1.3",
                "-alpn foo,http/1.1       | ALPN protocol: http/1.1 | TLSv1.3",
                "-alpn http/1.1 -tls1_2   | ALPN protocol: http/1.1 | TLSv1.2",
                "-tls1_2                  | No ALPN negotiated     | TLSv1.2",
                "-servername any.example  | No ALPN negotiated     | TLSv1.3",
                "-noservername            | No ALPN negotiated     | TLSv1.3",
            })
    void servesHttpInside(String options, String alpn, String version) {
        ProgramRun run = client(options);

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("Verification: OK", "HTTP/1.1 404 Not Found", alpn, version + ", Cipher is")
                .doesNotContain("unexpected eof");
    }

    @ParameterizedTest
    @CsvSource("-tls1_1 -cipher DEFAULT@SECLEVEL=0")
    void refusesOldVersionsByAnAlert(String options) {
        ProgramRun run = client(options);

        assertThat(run.exitCode()).as(run.output()).isNotZero();
        assertThat(run.output()).contains("alert protocol version");
    }

    private ProgramRun client(String options) {
        String request = "printf 'GET /nothing HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'";
        String client = "timeout 20 openssl s_client -ign_eof -verify_return_error -verify_ip 127.0.0.1 -CAfile "
                + relay.certificate() + " -connect 127.0.0.1:" + relay.port() + " " + options;
        return ProgramRun.of(List.of("sh", "-c", request + " | " + client));
    }
}
