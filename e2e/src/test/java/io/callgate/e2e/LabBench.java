package io.callgate.e2e;

import io.callgate.e2e.Scenario.Fault;
import io.callgate.e2e.Scenario.Signalling;
import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.testkit.Host;
import io.callgate.testkit.NetLab;
import io.callgate.testkit.Router;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The laboratory with everything in it that stays from scenario to scenario: networks, SFU and browsers.
final class LabBench implements AutoCloseable {
    private static final String RELAY_NAME = "relay.callgate.test";
    private static final int COMPANY_PROXY_PORT = 3128;
    private static final Duration CREDENTIAL_LIFE = Duration.ofHours(1);

    private final NetLab lab;
    private final LabAuthority authority;
    private final CorpBrowsers browsers;
    private final ConnectStandIn companyProxy;
    private final Path launcher;
    private final Path folder;
    private int relaysStarted;
    private String impairedBy = "nothing";

    /// @param folder for logs and generated files; must exist
    /// @param launcher the file `callgate` of the checkout, ready to run without a build
    LabBench(Path folder, Path launcher) throws IOException {
        this.folder = folder;
        this.launcher = launcher;
        lab = NetLab.create(folder);
        try {
            Janus.start(lab.cloud(), Files.createDirectories(folder.resolve("janus")), Duration.ZERO);
            authority = new LabAuthority(
                    Files.createDirectories(folder.resolve("authority")),
                    lab.dmz().address(),
                    RELAY_NAME);
            companyProxy = ConnectStandIn.open(
                    lab.company(), new InetSocketAddress(lab.company().address(), COMPANY_PROXY_PORT));
            browsers = new CorpBrowsers(lab.corp(), authority, folder);
        } catch (IOException | RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    /// Why this machine cannot have the laboratory; empty if it can.
    static Optional<String> obstacle() {
        Optional<String> missing = List.of(
                        "/usr/bin/chromium",
                        "/usr/bin/janus",
                        "/usr/bin/turnserver",
                        "/usr/sbin/haproxy",
                        "/usr/bin/certutil",
                        "/usr/bin/openssl")
                .stream()
                .filter(program -> !Files.isExecutable(Path.of(program)))
                .findFirst()
                .map(program -> "there is no " + program);
        return missing.or(NetLab::obstacle);
    }

    /// Plays one scenario, in a fresh pair of browsers with a fresh relay.
    CallResult play(Scenario scenario, Duration measured) {
        Consumer<Call> course = call -> call.awaitMeasured(measured);
        return switch (scenario.relay()) {
            case NONE -> hold(scenario, direct(), course);
            case CALLGATE -> {
                boolean corpIsClient =
                        scenario.signalling() == Signalling.SOCKS5 && scenario.fault() != Fault.NOT_AMONG_CLIENTS;
                try (RelayUnderTest relay = startCallgate(corpIsClient)) {
                    yield hold(scenario, plan(scenario, relay, CREDENTIAL_LIFE), course);
                }
            }
            case COTURN -> {
                try (RelayUnderTest relay = startCoturn(scenario)) {
                    yield hold(scenario, plan(scenario, relay, CREDENTIAL_LIFE), course);
                }
            }
        };
    }

    /// Plays one scenario with a relay that is there already.
    CallResult play(Scenario scenario, RelayUnderTest relay, Duration measured) {
        return hold(scenario, plan(scenario, relay, CREDENTIAL_LIFE), call -> call.awaitMeasured(measured));
    }

    /// Holds a call as planned, with the scenario's firewall and name server in force.
    CallResult hold(Scenario scenario, CallPlan plan, Consumer<Call> course) {
        lab.router().enforce(scenario.firewall());
        impairedBy = lab.impair(scenario.impairment());
        if (scenario.relayByName() && scenario.fault() != Fault.NO_NAME_SERVER) {
            lab.dnsOn(Map.of(RELAY_NAME, lab.dmz().address()));
        } else {
            lab.dnsOff();
        }
        try (Call call = new Call(browsers, lab.router(), plan)) {
            return call.hold(course);
        }
    }

    CallgateRelay startCallgate(boolean corpNeedsNoCredential) {
        return new CallgateRelay(
                lab, authority, launcher, folder, "callgate-" + ++relaysStarted, corpNeedsNoCredential);
    }

    private CoturnRelay startCoturn(Scenario scenario) {
        String label = "coturn-" + ++relaysStarted;
        return scenario.media().isStream() || scenario.signalling() == Signalling.HTTPS_PROXY
                ? CoturnRelay.behindHaproxy(lab.dmz(), lab.cloud(), authority, folder, label)
                : CoturnRelay.alone(lab.dmz(), lab.cloud(), folder, label);
    }

    Router router() {
        return lab.router();
    }

    Host relayHost() {
        return lab.dmz();
    }

    /// What made the line of the last call bad, for a person to read.
    String impairedBy() {
        return impairedBy;
    }

    /// What a client of `relay` is told in this scenario, with its fault built in.
    CallPlan plan(Scenario scenario, RelayUnderTest relay, Duration credentialLife) {
        Fault fault = scenario.fault();
        String relayHost = scenario.relayByName() ? RELAY_NAME : lab.dmz().address();
        RelayCredential turn =
                relay.credential(app(fault == Fault.TURN_TO_FORBIDDEN_DESTINATION), "media", credentialLife);
        RelayCredential proxy =
                relay.credential(app(fault == Fault.PROXY_TO_FORBIDDEN_DESTINATION), "signalling", credentialLife);
        String turnPassword = fault == Fault.WRONG_TURN_PASSWORD ? "wrong" : turn.password();
        String proxyPassword = fault == Fault.WRONG_PROXY_PASSWORD ? "wrong" : proxy.password();
        String port443 = relayHost + ":443";
        SignallingProxy way = switch (scenario.signalling()) {
            case DIRECT -> new SignallingProxy.None();
            case CONNECT -> new SignallingProxy.Connect(port443, false, proxy.username(), proxyPassword);
            case HTTPS_PROXY -> new SignallingProxy.Connect(port443, true, proxy.username(), proxyPassword);
            case SOCKS5 -> new SignallingProxy.Socks5(port443);
            case COMPANY_PROXY -> new SignallingProxy.Company(lab.company().address() + ":" + COMPANY_PROXY_PORT);
        };
        List<String> pastTheProxy = scenario.media().isInProxy() ? List.of() : List.of(relayHost);
        return new CallPlan(
                Janus.signallingUrl(lab.cloud()),
                new BrowserSetup(way, pastTheProxy, fault != Fault.UNTRUSTED_AUTHORITY),
                Optional.of(
                        new CallPlan.TurnServer(scenario.media().turnUrl(relayHost), turn.username(), turnPassword)));
    }

    @Override
    public void close() {
        browsers.close();
        companyProxy.close();
        lab.close();
    }

    private CallPlan direct() {
        return new CallPlan(
                Janus.signallingUrl(lab.cloud()),
                new BrowserSetup(new SignallingProxy.None(), List.of(), true),
                Optional.empty());
    }

    private static AppId app(boolean forbidden) {
        return forbidden ? RelayUnderTest.OTHER_APP : RelayUnderTest.LAB_APP;
    }
}
