package io.callgate.cli;

import io.callgate.model.AppState;
import io.callgate.model.DestinationRule;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.Relay;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `serve`: relay and control in one process, without any configuration.
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a relay and its control that need no configuration: the first start makes app demo and all secrets in"
                    + " the data folder.",
            "Ready when stdout has the line \"ready\". SIGTERM drains; a change of the relay file is taken over at"
                    + " once.",
            "While it runs, app, pool, relay, session, token, credentials and allowlist talk to it by --data DIR."
        })
final class ServeCommand implements Callable<Integer> {
    private static final int WELL_KNOWN_PORT = 443;
    private static final int FREE_PORT = 8443;

    private final Terminal terminal;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(names = "--config", paramLabel = "F", description = "A relay file (default: DIR/relay.yaml).")
    private @Nullable Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder (default: callgate-data).")
    private Path data = DataFolder.DEFAULT;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The port for everything, UDP and TCP (default: 443 where that is allowed, else 8443).")
    private @Nullable Integer port;

    @Option(names = "--address", paramLabel = "A", description = "The address to listen on (default: 0.0.0.0).")
    private @Nullable String address;

    @Option(
            names = "--console-port",
            paramLabel = "N",
            description = {"The port of the console, on 127.0.0.1; 0 for any (default: 8080 if that is free, else any)."
            })
    private @Nullable Integer consolePort;

    @Option(
            names = "--api-port",
            paramLabel = "N",
            description = {
                "The port of control's API, on 127.0.0.1; 0 for any (default: 8081 if that is free, else any)."
            })
    private @Nullable Integer apiPort;

    @Option(
            names = "--allow",
            paramLabel = "CIDR[:PORTS][/PROTO]",
            description = {
                "What clients may reach; repeat it for more. Ports: 443, 1000-2000 or 443,1000-2000 (default: all).",
                "Protocol: udp or tcp (default: both). IPv6: [2001:db8::]/32:443/udp. A host name may stand for CIDR."
            })
    private List<String> allow = new ArrayList<>();

    @Option(names = "--json", description = "Prints what the operator should know as one JSON object in one line.")
    private boolean json;

    @Mixin
    private RunOptions run = new RunOptions();

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Optional<IpAddress> chosenAddress =
                Optional.ofNullable(address).map(text -> arguments.read("--address", () -> IpAddress.parse(text)));
        requirePort("--port", 1, port);
        requirePort("--console-port", 0, consolePort);
        requirePort("--api-port", 0, apiPort);
        List<DestinationRule> rules = new ArrayList<>();
        allow.forEach(text -> rules.add(arguments.read("--allow", () -> DestinationRule.parse(text))));
        run.chooseLogFormat();
        run.grace(); // a wrong option is told before anything is made

        DataFolder folder = new DataFolder(data);
        folder.create();
        FileLock lock = folder.lock();
        try {
            if (config == null) {
                folder.createRelayFile();
            }
            boolean overridesFile = port != null || chosenAddress.isPresent();
            ServeStart start = new ServeStart(
                    config == null ? folder.relayFile() : config,
                    Optional.of(listener(chosenAddress.orElse(IpAddress.ANY_V4))),
                    overridesFile,
                    rules);
            boolean controlHasApps = start.leavesAppsToControl();
            ServeControl.Ports ports = new ServeControl.Ports(consolePort, apiPort);
            try (ServeControl control = ServeControl.begin(folder, ports, controlHasApps ? rules : null, terminal)) {
                new RelayProcess(terminal, start.config(), start::applyTo, control::above, data, run)
                        .run((relay, identity) -> onReady(relay, folder, start, identity, control.await()));
            }
        } finally {
            folder.stopped();
            lock.acquiredBy().close();
        }
        return 0;
    }

    private List<AppState> onReady(
            Relay relay, DataFolder folder, ServeStart start, TlsIdentity identity, ServeControl.Running control) {
        List<String> listeners = relay.listeners().stream()
                .map(bound -> bound.address().bracketed() + ":" + bound.port() + "/"
                        + bound.protocol().lowerCase())
                .toList();
        control.onRelayReady();
        folder.started(
                start,
                control.access(),
                ProcessHandle.current().pid(),
                terminal.time().now().toString(),
                listeners);
        RelayConfig file = start.applyTo(RelayFile.read(start.config()).orFail());
        List<AppState> apps = control.firstApp().stream().toList();
        RelayConfig running = file.leavesAppsToServe() ? file.withApps(apps) : file;
        ServeReport report = new ServeReport(
                running,
                folder,
                start.config(),
                file.leavesAppsToServe(),
                identity,
                control.access().url(),
                control.console(),
                control.firstPassword(),
                terminal.time().now());
        report.lines(json).forEach(terminal::data);
        return apps;
    }

    private Endpoint listener(IpAddress on) {
        return new Endpoint(on, port != null ? port : mayBind(on, WELL_KNOWN_PORT) ? WELL_KNOWN_PORT : FREE_PORT);
    }

    /// Whether this user may use the port at all; that it is taken is another matter, and an error to tell.
    private static boolean mayBind(IpAddress on, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(on.toInetAddress(), port));
            return true;
        } catch (BindException e) {
            return !String.valueOf(e.getMessage()).contains("ermission denied");
        } catch (IOException e) {
            return false;
        }
    }

    private void requirePort(String option, int least, @Nullable Integer value) {
        if (value != null && (value < least || value > 65535)) {
            throw arguments.wrong(option + " " + value + ": a port is within " + least + " to 65535");
        }
    }
}
