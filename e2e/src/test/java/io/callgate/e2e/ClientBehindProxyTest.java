package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.client.CloudProxy;
import io.callgate.client.Plan;
import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.LabProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// `CloudProxy` through a company's own HTTP proxy, Debian's squid with Basic: lease and media go by it, and
/// what is wrong with it is called by name.
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class ClientBehindProxyTest {
    private static final Pattern PIN = Pattern.compile("pin: +(sha256/\\S+)");

    private final int port = FreePort.take();
    private LabProcess serve;
    private String pin = "";
    private String token = "";

    /// The first plan, or the failure of the call.
    private static final class Outcome implements ProxyEvents {
        private final CompletableFuture<Plan> plan = new CompletableFuture<>();
        private final CompletableFuture<Failure> failure = new CompletableFuture<>();
        private final List<String> candidates = new CopyOnWriteArrayList<>();

        @Override
        public void onPlan(Plan now) {
            plan.complete(now);
        }

        @Override
        public void onFailed(Failure why) {
            failure.complete(why);
        }

        @Override
        public void onCandidateFailed(String candidate, Failure why) {
            candidates.add(candidate + ": " + why);
        }
    }

    @BeforeAll
    void serve(Installation installation, @TempDir Path folder) {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/squid")), "there is no squid");
        String data = folder.resolve("data").toString();
        serve = installation.start(folder, "serve", "--data", data, "--address", "127.0.0.1", "--port", "" + port);
        serve.awaitLine(LoopbackRelay.READY, LoopbackRelay.PATIENCE);
        Matcher found = PIN.matcher(serve.output());
        assertThat(found.find()).as(serve.output()).isTrue();
        pin = found.group(1);
        ProgramRun minted = installation.run("token", "--app", "demo", "--uid", "me", "--data", data);
        assertThat(minted.exitCode()).as(minted.output()).isZero();
        token = minted.output().strip();
    }

    @AfterAll
    void stop() {
        if (serve != null) serve.close();
    }

    private CloudProxy started(Squid squid, String password, Outcome outcome) {
        CloudProxy proxy = CloudProxy.builder(new TunnelRelay.RealTime())
                .entry("127.0.0.1:" + port)
                .trust(Trust.pin(pin))
                .uid("me")
                .token(() -> token)
                .mode(RequestedMode.STANDARD)
                .through(Hop.HttpConnect.plain(
                        new HostPort("127.0.0.1", squid.port()), Optional.of(new Login(Squid.NAME, password))))
                .events(outcome)
                .build();
        proxy.start();
        return proxy;
    }

    @Test
    void leaseAndMediaGoThroughIt() throws Exception {
        Outcome outcome = new Outcome();
        try (Squid squid = Squid.start(port);
                CloudProxy proxy = started(squid, Squid.PASSWORD, outcome)) {
            Plan plan = outcome.plan.get(30, TimeUnit.SECONDS);

            assertThat(plan.path()).as(proxy.trace().text()).isEqualTo(EffectivePath.CLOUD_TCP);
            assertThat(outcome.candidates)
                    .as("no proxy of this kind carries UDP, and nothing goes around it")
                    .anyMatch(it -> it.startsWith("CLOUD_UDP") && it.contains("cannot go through HTTP proxy"));
        }
    }

    @Test
    void aWrongPasswordIsNamed() throws Exception {
        Failure failure = failure(Squid.start(port), "guess");

        assertThat(failure.code()).isEqualTo(ErrorCode.PROXY_AUTH_REQUIRED);
        assertThat(failure.cause()).contains("does not take the user name and password of corp");
        assertThat(failure.cause() + failure.mend()).doesNotContain("guess");
    }

    @Test
    void inspectionIsNamedWithItsIssuer() throws Exception {
        Failure failure = failure(Squid.inspecting(port), Squid.PASSWORD);

        assertThat(failure.code()).isEqualTo(ErrorCode.TLS_INTERCEPTED);
        assertThat(failure.cause()).contains("Corp Inspection CA");
    }

    private Failure failure(Squid through, String password) throws Exception {
        Outcome outcome = new Outcome();
        try (Squid squid = through;
                CloudProxy proxy = started(squid, password, outcome)) {
            Failure failure = outcome.failure.get(30, TimeUnit.SECONDS);
            assertThat(proxy.state()).isEqualTo("FAILED");
            assertThat(outcome.plan).isNotDone();
            return failure;
        }
    }
}
