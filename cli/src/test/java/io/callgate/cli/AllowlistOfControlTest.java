package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.Control;
import io.callgate.model.AllowlistFormat;
import io.callgate.testkit.FakeClock;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// `allowlist` of an app that control has, and who believes it.
class AllowlistOfControlTest {
    private static final FakeClock CLOCK = new FakeClock();

    @TempDir
    private Path data = Path.of("unset");

    private Runnable stop = () -> {};

    @BeforeEach
    void startControl() {
        DataFolder folder = new DataFolder(data);
        FileLock lock = folder.lock();
        ControlStart start = new ControlStart(ControlFile.Settings.forAMoment(data), CLOCK);
        Control control = start.start(Optional.empty());
        folder.started(start.access(control, Optional.empty()), 1, CLOCK.now().toString());
        stop = () -> {
            control.close();
            try {
                lock.acquiredBy().close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        run("app create demo --pools main --allow 198.51.100.0/24");
        run("pool publish main 203.0.113.7 --region eu --transports udp --purpose media");
    }

    @AfterEach
    void stopControl() {
        stop.run();
    }

    @Test
    void isThatOfTheOnlyApp() {
        assertThat(run("allowlist").out()).isEqualTo("""
            DIRECTION  ADDRESS      PORTS  PROTOCOL  REGION  VALID UNTIL  PURPOSE
            out        203.0.113.7  443    udp       eu      -            media

            Callgate allowlist of app demo version 1, side client, issued 2026-11-22T12:00:00Z
            """);
        run("app create other --pools main");

        CommandLineRun which = run("allowlist");
        assertThat(which.exitCode()).isEqualTo(1);
        assertThat(which.err())
                .isEqualTo("callgate: each app has an allowlist of its own; name one with --app: demo, other\n");
        assertThat(run("allowlist --app other --format csv").out()).isEqualTo("""
            direction,domain,address,ports,protocol,purpose,region,validFrom,validUntil
            out,,203.0.113.7,443,udp,media,eu,2026-11-22T12:00:00Z,
            """);
        assertThat(run("allowlist --app nobody").err()).contains("there is no app nobody");
    }

    @Test
    void isBelievedUnlessSomebodyChangedIt() throws IOException {
        String key = run("allowlist key").out().strip();
        Path file = Files.writeString(
                data.resolve("list.json"), run("allowlist --json").out());

        assertThat(run("allowlist verify " + file + " --key " + key).out())
                .isEqualTo("good: allowlist of app demo, version 1, issued 2026-11-22T12:00:00Z, 1 entries\n");
        assertThat(run("allowlist verify " + file + " --key " + key + " --format paloalto")
                        .out())
                .isEqualTo("203.0.113.7 # udp 443\n");

        Path changed = Files.writeString(
                data.resolve("changed.json"), Files.readString(file).replace("203.0.113.7", "203.0.113.66"));
        CommandLineRun tampered = run("allowlist verify " + changed + " --key " + key + " --format paloalto");
        assertThat(tampered.exitCode()).isEqualTo(1);
        assertThat(tampered.out()).isEmpty();
        assertThat(tampered.err())
                .isEqualTo("callgate: do not use " + changed + ": the allowlist was changed after it was signed\n");
        assertThat(run("allowlist verify " + data.resolve("none") + " --key " + key)
                        .err())
                .contains("there is no such file");
    }

    @Test
    void tellsWhatHasChanged() {
        run("allowlist");
        run("pool publish main 203.0.113.8 --region eu --transports tcp --purpose signalling");

        assertThat(run("allowlist diff 1").out()).isEqualTo("""
            -     ADDRESS      PORTS  PROTOCOL  VALID FROM            PURPOSE
            open  203.0.113.8  443    tcp       2026-11-22T12:00:00Z  signalling
            """);
        assertThat(run("allowlist diff 2").out()).isEqualTo("nothing has changed from version 2 to 2\n");
        assertThat(run("allowlist diff 3").err()).contains("there is no version 3");
        assertThat(run("allowlist versions").out()).isEqualTo("""
            VERSION  ISSUED                ENTRIES
            2        2026-11-22T12:00:00Z  2
            1        2026-11-22T12:00:00Z  1
            """);
    }

    /// Purposes as Chinese operators write them, longer than a comment may be; a name with its network; a region;
    /// a beginning to come.
    @ParameterizedTest
    @CsvSource({
        "nftables, nft, -c -f",
        "iptables, iptables-restore, --test --noflush",
        "iptables, ip6tables-restore, --test --noflush"
    })
    void aRealFirewallTakesItInFull(String format, String tool, String options)
            throws IOException, InterruptedException {
        for (String address : List.of("198.51.100.0/26", "2001:db8:7::/48")) {
            run("pool publish main " + address + " --region cn-east --ports 4500-4650 --transports udp,tcp --purpose "
                    + "媒体数据交换".repeat(16) + " --domain relay.example.com --valid-from 2026-12-22T00:00:00Z");
        }
        String rules = run("allowlist --format " + format).out();
        assertThat(rules).contains("198.51.100.0/26", "2001:db8:7::/48", "媒体数据交换");
        Path file = Files.writeString(data.resolve("rules"), rules);

        List<String> command = new ArrayList<>(List.of(tool));
        command.addAll(List.of(options.split(" ", -1)));
        command.add(file.toString());
        RealFirewall.assertTakes(command.toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource(AllowlistFormat.class)
    void hasEveryForm(AllowlistFormat format) {
        assertThat(run("allowlist --format " + format.lowerCase()).out()).contains("203.0.113.7");
    }

    private CommandLineRun run(String line) {
        boolean asksNobody = line.startsWith("allowlist verify");
        return CommandLineRun.of((line + (asksNobody ? "" : " --data " + data)).split(" "));
    }
}
