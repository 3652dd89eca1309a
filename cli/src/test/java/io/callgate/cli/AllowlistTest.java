package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowlistTest {
    @TempDir
    private Path folder = Path.of("unset");

    private Path file = Path.of("unset");

    @BeforeEach
    void writeFile() throws IOException {
        file = folder.resolve("relay.yaml");
        Files.writeString(file, """
            listen:
              - {address: 10.1.3.10, port: 443}
              - {address: "2001:db8::7", ports: [3478, 4500-4650], transports: [udp]}
            relayAddresses: [{bind: 10.1.3.10, public: 203.0.113.7}]
            apps:
              - id: demo
                secrets: [0123456789abcdef]
                destinations:
                  - {cidr: 198.51.100.0/24, protocols: [udp]}
                  - {host: sfu.example.com, ports: [443], protocols: [tcp]}
              - id: other
                secrets: [0123456789abcdef]
                destinations: [{cidr: 192.0.2.9/32, ports: [443]}]
            """);
    }

    @Test
    void tellsTheClientsSideInText() {
        assertThat(render("--format", "text")).isEqualTo("""
            DIRECTION  ADDRESS      PORTS            PROTOCOL  VALID UNTIL  PURPOSE
            out        203.0.113.7  443              udp       -            relay: TURN, audio and video
            out        203.0.113.7  443              tcp       -            relay: TURN, SOCKS5, HTTP CONNECT; signalling and fallback
            out        2001:db8::7  3478, 4500-4650  udp       -            relay: TURN, audio and video
            """);
    }

    @Test
    void tellsTheRelaysSideInText() {
        assertThat(render("--side", "relay", "--app", "demo")).isEqualTo("""
            DIRECTION  ADDRESS          PORTS            PROTOCOL  VALID UNTIL  PURPOSE
            in         10.1.3.10        443              udp       -            relay: TURN, audio and video
            in         10.1.3.10        443              tcp       -            relay: TURN, SOCKS5, HTTP CONNECT; signalling and fallback
            in         2001:db8::7      3478, 4500-4650  udp       -            relay: TURN, audio and video
            in         10.1.3.10        49152-65535      udp       -            media from destinations to allocations
            out        198.51.100.0/24  1-65535          udp       -            destination of app demo
            out        sfu.example.com  443              tcp       -            destination of app demo
            """);
    }

    @Test
    void tellsNftablesRules() {
        assertThat(render("--side", "relay", "--app", "demo", "--format", "nftables"))
                .isEqualTo("""
                    # Callgate allowlist version 1795348800, side relay, issued 2026-11-22T12:00:00Z
                    # Copy these rules above the drops of your own table: accepting here lifts no drop elsewhere.
                    table inet callgate {
                        chain input {
                            type filter hook input priority filter; policy accept;
                            ct state established,related accept
                            ip daddr 10.1.3.10 udp dport 443 accept comment "relay: TURN, audio and video"
                            ip daddr 10.1.3.10 tcp dport 443 accept comment "relay: TURN, SOCKS5, HTTP CONNECT; signalling and fallback"
                            ip6 daddr 2001:db8::7 udp dport 3478 accept comment "relay: TURN, audio and video"
                            ip6 daddr 2001:db8::7 udp dport 4500-4650 accept comment "relay: TURN, audio and video"
                            ip daddr 10.1.3.10 udp dport 49152-65535 accept comment "media from destinations to allocations"
                        }

                        chain output {
                            type filter hook output priority filter; policy accept;
                            ct state established,related accept
                            ip daddr 198.51.100.0/24 udp dport 1-65535 accept comment "destination of app demo"
                            # sfu.example.com tcp dport 443: destination of app demo; nftables knows addresses only, put those of this name here
                        }
                    }
                    """);
    }

    @Test
    void tellsJson() {
        assertThat(JsonOutput.parse(render("--json")).get("entries").get(0).toString())
                .isEqualTo("{\"direction\":\"out\",\"address\":\"203.0.113.7\",\"ports\":\"443\",\"protocol\":\"udp\","
                        + "\"purpose\":\"relay: TURN, audio and video\",\"validFrom\":\"2026-11-22T12:00:00Z\"}");
        assertThat(render("--json")).isEqualTo(render("--format", "JSON"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "relay"})
    void nftTakesItsRules(String side) throws IOException, InterruptedException {
        Path rules = folder.resolve("rules.nft");
        Files.writeString(rules, render("--side", side, "--format", "nftables"));

        RealFirewall.assertTakes("nft", "-c", "-f", rules.toString());
    }

    @ParameterizedTest
    @CsvSource({"client, iptables", "client, ip6tables", "relay, iptables", "relay, ip6tables"})
    void iptablesTakesItsRules(String side, String tool) throws IOException, InterruptedException {
        Path rules = folder.resolve("rules.v4v6");
        Files.writeString(rules, render("--side", side, "--format", "iptables"));

        RealFirewall.assertTakes(tool + "-restore", "--test", "--noflush", rules.toString());
    }

    /// What control makes of signed entries: purposes in Chinese, names with networks, regions, dates. The files
    /// are those that `AllowlistFormatTest` of the model holds its renderings against.
    @ParameterizedTest
    @ValueSource(strings = {"client", "relay"})
    void nftTakesWhatControlMakes(String side) throws IOException, InterruptedException {
        RealFirewall.assertTakes("nft", "-c", "-f", golden(side + ".nftables"));
    }

    @ParameterizedTest
    @CsvSource({"client, iptables", "client, ip6tables", "relay, iptables", "relay, ip6tables"})
    void iptablesTakesWhatControlMakes(String side, String tool) throws IOException, InterruptedException {
        RealFirewall.assertTakes(tool + "-restore", "--test", "--noflush", golden(side + ".iptables"));
    }

    private static String golden(String name) {
        return Path.of(System.getProperty("callgate.root", ".."), "model/src/test/resources/allowlists", name)
                .toString();
    }

    private String render(String... options) {
        String[] args = new String[options.length + 3];
        args[0] = "allowlist";
        args[1] = "--config";
        args[2] = file.toString();
        System.arraycopy(options, 0, args, 3, options.length);
        CommandLineRun run = CommandLineRun.of(args);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run.out();
    }
}
