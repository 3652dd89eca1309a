package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.e2e.LoopbackRelay.Login;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.NetLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/// What calls of the SDK's engine need: a firewall, a relay with its control in dmz (`callgate serve`), and
/// a real Janus in the cloud. Each on a host of its own, as Janus answers nobody from its own.
final class RtcBench implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);
    private static final String LIBRARY = "libpulse.so.0"; // one of the seven that libwebrtc is linked with

    private final NetLab lab;
    private final Path folder;
    private final Path launcher;
    private final String sfuAddress;
    private final LabAuthority authority;
    private final String relayOptions;
    private final Map<String, String> tokens = new HashMap<>();
    private RelayDoors doors;
    private LabProcess relay;
    private int serves;
    private int rooms = 4000;

    /// @param folder empty, for logs and data
    RtcBench(Path folder, Path launcher) throws IOException {
        this(folder, launcher, RelayDoors.ALL_ON_443);
    }

    RtcBench(Path folder, Path launcher, RelayDoors doors) throws IOException {
        this(folder, launcher, doors, List.of());
    }

    /// @param more machines, as [NetLab#create(Path, List)]
    RtcBench(Path folder, Path launcher, RelayDoors doors, List<String> more) throws IOException {
        this(folder, launcher, doors, more, false);
    }

    /// The relay has two legs: one in the dmz, where corp reaches it, and one on a cable to the cloud, which is
    /// there by that alone.
    static RtcBench withTwoLegs(Path folder, Path launcher) throws IOException {
        return new RtcBench(folder, launcher, RelayDoors.ALL_ON_443, List.of(), true);
    }

    private RtcBench(Path folder, Path launcher, RelayDoors doors, List<String> more, boolean hasTwoLegs)
            throws IOException {
        this.folder = folder;
        this.launcher = launcher;
        this.doors = doors;
        lab = NetLab.create(folder, more);
        try {
            List<String> cable = hasTwoLegs ? lab.cable(lab.dmz(), lab.cloud()) : List.of();
            sfuAddress = hasTwoLegs ? cable.getLast() : lab.cloud().address();
            relayOptions = hasTwoLegs ? "relayAddresses: [{bind: %s}]\n".formatted(cable.getFirst()) : "";
            Path janus = Files.createDirectories(folder.resolve("janus"));
            Path certificates = Files.createDirectories(folder.resolve("sfu-authority"));
            authority = new LabAuthority(certificates, sfuAddress, "sfu.callgate.test");
            Janus.start(lab.cloud(), sfuAddress, janus, Janus.TO_RECLAIM, Optional.of(authority));
            relay = serve();
        } catch (IOException | RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    /// Another relay in the old one's place, with doors of its own and nothing of what the old one knew.
    void replaceRelay(RelayDoors others) throws IOException {
        relay.close();
        tokens.clear();
        doors = others;
        relay = serve();
    }

    private LabProcess serve() throws IOException {
        serves++;
        Path file = folder.resolve("relay-" + serves + ".yaml");
        Files.writeString(file, doors.listen(lab.dmz().address()) + relayOptions);
        List<String> serve = List.of(
                launcher.toString(),
                "serve",
                "--config",
                file.toString(),
                "--data",
                data(),
                "--console-port",
                "0",
                "--allow",
                sfuAddress + "/32");
        LabProcess started = lab.dmz().start("callgate-" + serves, serve, java());
        started.awaitLine(Pattern.compile("^ready$"), READY_LIMIT);
        return started;
    }

    /// Why this machine cannot have it; empty if it can.
    static Optional<String> obstacle() {
        if (!Files.isExecutable(Path.of("/usr/bin/janus"))) return Optional.of("there is no /usr/bin/janus");
        return libraryObstacle().or(NetLab::obstacle);
    }

    /// Why this machine cannot load libwebrtc; empty if it can.
    static Optional<String> libraryObstacle() {
        if (!System.getProperty("os.arch").equals("amd64")) {
            return Optional.of("the media library that the tests bring is for x86-64");
        }
        if (!ProgramRun.of(new ProcessBuilder("/sbin/ldconfig", "-p")).output().contains(LIBRARY)) {
            return Optional.of("there is no " + LIBRARY);
        }
        return Optional.empty();
    }

    NetLab lab() {
        return lab;
    }

    int nextRoom() {
        return rooms++;
    }

    /// What [RtcPeer] is told of this bench; who they are is the caller's to add.
    Properties told(String mode, int room, String... uids) {
        Properties told = new Properties();
        told.setProperty("janus", Janus.signallingUrl(sfuAddress));
        told.setProperty("entries", door());
        told.setProperty("ca", Path.of(data(), "self-signed.pem").toString());
        told.setProperty("app", "demo");
        told.setProperty("mode", mode);
        told.setProperty("room", Integer.toString(room));
        for (String uid : uids) told.setProperty("token." + uid, tokens.computeIfAbsent(uid, this::token));
        return told;
    }

    /// The same cloud, by its secure port.
    Properties toldSecure(String mode, int room, String... uids) {
        Properties told = told(mode, room, uids);
        told.setProperty("janus", Janus.secureUrl(sfuAddress));
        return told;
    }

    /// Who has issued the certificates in the cloud.
    LabAuthority authority() {
        return authority;
    }

    /// Where the relay takes TCP, as an SDK is told.
    String door() {
        return lab.dmz().address() + ":" + doors.tcpPort();
    }

    private String token(String uid) {
        return run("token", "--app", "demo", "--uid", uid).strip();
    }

    /// For whoever has no SDK.
    Login credential(String subject) {
        List<String> lines = run("credentials", "--app", "demo", "--subject", subject)
                .lines()
                .toList();
        return new Login(
                lines.get(0).substring("username: ".length()), lines.get(1).substring("password: ".length()));
    }

    /// On the relay's own machine, where its control can be asked.
    private String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data", data()));
        ProcessBuilder builder = new ProcessBuilder(lab.dmz().commandInside(command));
        builder.environment().putAll(java());
        ProgramRun run = ProgramRun.of(builder);
        assertThat(run.exitCode()).as(run.output()).isZero();
        return run.output();
    }

    private static Map<String, String> java() {
        return Map.of("JAVA_HOME", System.getProperty("java.home"));
    }

    RtcPeople people(String label, Properties told) {
        return RtcPeople.start(lab.corp(), folder, label, told);
    }

    private String data() {
        return folder.resolve("data-" + serves).toString();
    }

    @Override
    public void close() {
        lab.close();
    }
}
