package io.callgate.e2e;

import io.callgate.e2e.Scenario.Fault;
import io.callgate.e2e.Scenario.Signalling;
import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.testkit.NetLab;
import java.io.IOException;
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
    private static final Duration CREDENTIAL_LIFE = Duration.ofHours(1);

    private final NetLab lab;
    private final CorpBrowsers browsers;
    private final Path launcher;
    private final Path folder;
    private int relaysStarted;

    /// @param folder for logs and generated files; must exist
    /// @param launcher the file `callgate` of the checkout, ready to run without a build
    LabBench(Path folder, Path launcher) throws IOException {
        this.folder = folder;
        this.launcher = launcher;
        lab = NetLab.create(folder);
        try {
            Janus.start(lab.cloud(), Files.createDirectories(folder.resolve("janus")));
            browsers = new CorpBrowsers(lab.corp(), folder);
        } catch (IOException | RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    /// Why this machine cannot have the laboratory; empty if it can.
    static Optional<String> obstacle() {
        Optional<String> missing = List.of("/usr/bin/chromium", "/usr/bin/janus", "/usr/bin/turnserver").stream()
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
                try (RelayUnderTest relay = new CoturnRelay(lab, folder, "coturn-" + ++relaysStarted)) {
                    yield hold(scenario, plan(scenario, relay, CREDENTIAL_LIFE), course);
                }
            }
        };
    }

    /// Holds a call as planned, with the scenario's firewall and name server in force.
    CallResult hold(Scenario scenario, CallPlan plan, Consumer<Call> course) {
        lab.router().enforce(scenario.firewall());
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
        return new CallgateRelay(lab, launcher, folder, "callgate-" + ++relaysStarted, corpNeedsNoCredential);
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
        return new CallPlan(
                Janus.signallingUrl(lab.cloud()),
                switch (scenario.signalling()) {
                    case DIRECT -> new SignallingProxy.None();
                    case CONNECT -> new SignallingProxy.Connect(relayHost + ":443", proxy.username(), proxyPassword);
                    case SOCKS5 -> new SignallingProxy.Socks5(relayHost + ":443");
                },
                Optional.of(
                        new CallPlan.TurnServer(scenario.media().turnUrl(relayHost), turn.username(), turnPassword)));
    }

    @Override
    public void close() {
        browsers.close();
        lab.close();
    }

    private CallPlan direct() {
        return new CallPlan(Janus.signallingUrl(lab.cloud()), new SignallingProxy.None(), Optional.empty());
    }

    private static AppId app(boolean forbidden) {
        return forbidden ? RelayUnderTest.OTHER_APP : RelayUnderTest.LAB_APP;
    }
}
