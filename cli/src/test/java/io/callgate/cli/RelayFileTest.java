package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.Secret;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayFileTest {
    @TempDir
    private Path folder = Path.of("unset");

    @Test
    void readsEveryKey() {
        RelayConfig config = read("""
            listen:
              - {address: 0.0.0.0, port: 443}
              - {address: 0.0.0.0, ports: [3478, 7070, 4500-4650], transports: [udp]}
            relayAddresses: [{bind: 10.1.3.10, public: 203.0.113.7}, {bind: "2001:db8::1"}]
            relayPorts: 50000-51000
            realm: example.com
            users: [{name: alice, password: secret-of-alice-123}]
            apps:
              - id: demo
                secrets: [0123456789abcdef, fedcba9876543210]
                clients: [10.1.0.0/16]
                destinations:
                  - {cidr: 198.51.100.0/24, ports: 1-65535, protocols: [udp, tcp]}
                  - {host: sfu.example.com, ports: [443], protocols: [tcp]}
                limits: {sessions: 7, allocationsPerSubject: 8, kbitPerSecond: 9, permissionsPerAllocation: 10,
                         channelsPerAllocation: 11, newPeersPerSecond: 12, tunnelsPerSubject: 13}
              - id: other
                secrets: [ffffffffffffffff]
            metrics: {address: 127.0.0.1, port: 9464}
            check: false
            gatherMicros: 250
            """).orFail();

        DesiredState state = config.desiredState(3, TestIdentity.ec());
        assertThat(state.version()).isEqualTo(3);
        assertThat(state.origin()).isEqualTo(DesiredState.Origin.FILE);
        assertThat(state.listeners()).hasSize(2);
        ListenerState second = state.listeners().get(1);
        assertThat(second.ports()).containsExactly(PortRange.of(3478), PortRange.of(7070), new PortRange(4500, 4650));
        assertThat(second.protocols()).containsExactly(Protocol.UDP);
        assertThat(state.relayAddresses())
                .extracting(address -> address.bind() + " as " + address.publicAddress())
                .containsExactly("10.1.3.10 as 203.0.113.7", "2001:db8::1 as 2001:db8::1");
        assertThat(state.relayPorts()).isEqualTo(new PortRange(50000, 51000));
        assertThat(state.realm()).isEqualTo("example.com");
        assertThat(state.check()).isFalse();
        assertThat(config.operation().gather()).isEqualTo(Duration.ofNanos(250_000));
        assertThat(state.ownEndpoints()).hasToString("[127.0.0.1:9464]");
        AppState demo = state.apps().getFirst();
        assertThat(demo.relaySecrets()).hasSize(2);
        assertThat(demo.relaySecrets().getFirst().reveal()).isEqualTo("0123456789abcdef");
        assertThat(demo.clients()).hasToString("[10.1.0.0/16]");
        assertThat(demo.destinations()).hasToString("[198.51.100.0/24, sfu.example.com:443/tcp]");
        assertThat(demo.limits()).isEqualTo(new Limits(7, 8, 9, 10, 11, 12, 13));
        assertThat(demo.users())
                .singleElement()
                .satisfies(user -> assertThat(user.name()).isEqualTo("alice"));
        assertThat(state.apps().get(1).users()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# only a comment\n", "---\n", "apps: [{id: demo, secrets: [0123456789abcdef]}]"})
    void everyKeyHasADefault(String text) {
        RelayConfig config = read(text.equals("---\n") ? "" : text).orFail();

        DesiredState state = config.desiredState(1, TestIdentity.ec());
        assertThat(state.listeners()).containsExactly(RelayConfig.listener(IpAddress.ANY_V4, 443));
        assertThat(state.relayPorts()).isEqualTo(new PortRange(49152, 65535));
        assertThat(state.realm()).isEqualTo("callgate");
        assertThat(state.check()).isTrue();
    }

    @Test
    void tellsEveryErrorAtOnceWithItsPlace() {
        List<String> errors = errors("""
            listen:
              - {address: 0.0.0.0, port: 443}
              - {address: 10.0.0.1, ports: [443, 99999], transports: [udp, sctp]}
              - {adress: 10.0.0.1, port: 444}
              - {address: 10.0.0.9, port: 443, transports: [udp]}
            relayPorts: 65535-1
            realm: a-realm-that-is-far-too-long
            realm: twice
            publicAddress: 256.1.1.1
            users: [{name: "a:b", password: ""}, {name: bob}]
            apps:
              - id: de mo
                secrets: [s3cret, two, three]
                clients: [10.1.2.3/16]
                destinations:
                  - {cidr: 198.51.100.1/24, ports: 1-65536}
                  - {host: sfu..com, ports: []}
                  - {}
                limits: {sessions: 0, kbitPerSecond: fast}
            metrics: {address: localhost, port: 0}
            check: yes
            tls: {certificate: none.pem}
            extra: 1
            """);

        assertThat(errors)
                .containsExactly(
                        "3:38 listen[1].ports[1]: ports 99999: a port is within 1 to 65535",
                        "3:64 listen[1].transports[1]: protocol \"sctp\": want udp or tcp",
                        "4:6 listen[2]: unknown key \"adress\"; did you mean address?",
                        "5:5 listen[3]: overlaps listen[0] in line 2 on 10.0.0.9; keep each address, port and transport"
                                + " in one of them",
                        "6:13 relayPorts: ports 65535-1: the first is above the last; write 1-65535",
                        "7:8 realm: realm \"a-realm-that-is-far-too-long\" has 28 characters: want 1 to 24, for each"
                                + " refusal carries it",
                        "8:1 : the key \"realm\" is there twice, first in line 7; keep one",
                        "9:16 publicAddress: \"256.1.1.1\" is no IP address: want 192.0.2.1 or 2001:db8::1",
                        "10:9 users[0]: user name: subject \"a:b\": want 1 to 128 characters out of A-Z a-z 0-9 . _ -"
                                + " @ ~ +",
                        "10:33 users[0].password: an empty secret; take 16 characters or more, such as openssl rand"
                                + " -hex 32 makes",
                        "10:38 users[1]: \"password\" is missing; add password: ...",
                        "12:9 apps[0].id: app id \"de mo\": want 1 to 64 characters out of A-Z a-z 0-9 . _ -",
                        "13:28 apps[0].secrets[2]: 3 secrets; keep at most two, the new one and the one that it"
                                + " replaces",
                        "14:15 apps[0].clients[0]: network 10.1.2.3/16 has host bits set; write 10.1.0.0/16 for the"
                                + " network or 10.1.2.3/32 for the one address",
                        "16:16 apps[0].destinations[0].cidr: network 198.51.100.1/24 has host bits set; write"
                                + " 198.51.100.0/24 for the network or 198.51.100.1/32 for the one address",
                        "16:40 apps[0].destinations[0].ports: ports 1-65536: a port is within 1 to 65535",
                        "17:16 apps[0].destinations[1].host: host \"sfu..com\": want a name such as sfu.example.com"
                                + " (an address goes into a network rule)",
                        "17:33 apps[0].destinations[1].ports: an empty list of ports; name one, as in [443]",
                        "18:9 apps[0].destinations[2]: wants cidr: 198.51.100.0/24 or host: sfu.example.com",
                        "19:24 apps[0].limits.sessions: \"0\": want a whole number within 1 to 100000000",
                        "19:42 apps[0].limits.kbitPerSecond: \"fast\": want a whole number within 0 to 1000000000",
                        "20:20 metrics.address: \"localhost\" is no IP address: want 192.0.2.1 or 2001:db8::1",
                        "20:37 metrics.port: \"0\": want a whole number within 1 to 65535",
                        "21:8 check: \"yes\": want true or false",
                        "22:6 tls: \"key\" is missing; add key: key.pem",
                        "22:20 tls.certificate: cannot read " + folder.resolve("none.pem") + ": there is no such file",
                        "23:1 : unknown key \"extra\"; keys here: listen, relayAddresses, publicAddress, relayPorts,"
                                + " realm, tls, users, apps, control, controlMayOpen, metrics, sessions, gatherMicros,"
                                + " check");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "listen: 443 | 1:9 listen: want a list, as in [a, b], found \"443\"",
                "listen: [443] | 1:10 listen[0]: want keys (address, port, ports, transports,"
                        + " proxyProtocol), found \"443\"",
                "listen: [] | 1:9 listen: a relay without a listener takes no clients",
                "listen: [{address: 0.0.0.0}] | 1:10 listen[0]: \"port\" is missing; add port: 443",
                "listen: [{port: 1, ports: [2]}] | 1:10 listen[0]: has both port and ports",
                "listen: [{ports: [1-5, 5]}] | 1:10 listen[0]: listener 0.0.0.0: ports 1-5 and 5 overlap",
                "listen: [{port: [1, {a: b}]}] | 1:21 listen[0].port[1]: want one value, found keys and values",
                "listen: [{port: 1, proxyProtocol: maybe}] | listen[0].proxyProtocol",
                "listen: [{port: 1, transports: [udp], proxyProtocol: true}] | proxyProtocol is for TCP, and it has UDP"
                        + " only",
                "listen: [{port: 1, transports: []}] | 1:32 listen[0].transports: an empty list",
                "gatherMicros: 1001 | 1:15 gatherMicros: \"1001\": want a whole number within 0 to 1000",
                "gatherMicros: -1 | want a whole number within 0 to 1000",
                "relayPorts: | 1:12 relayPorts: want one value, found nothing",
                "realm: 'say \"hi\"' | 1:8 realm: realm \"say \"hi\"\": want printable ASCII",
                "apps: [{id: a}, {id: a}] | 1:22 apps[1].id: the app \"a\" is there twice, first in line 1",
                "apps: [{secrets: [x]}] | 1:8 apps[0]: \"id\" is missing; add id: demo",
                "apps: [{id: a, clients: [10.0.0.0/8]}, {id: b, clients: [10.1.0.0/16]}] | 10.1.0.0/16 overlaps"
                        + " 10.0.0.0/8",
                "apps: [{id: a, destinations: [{cidr: 10.0.0.0/8, host: b.c}]}] | has both cidr and host",
                "users: [{name: a, password: b}] | 1:8 users: users belong to the first app and there is none",
                "control: {urls: [http://x], joinToken: t} | control.urls[0]: \"http://x\": secrets pass through here;"
                        + " want https",
                "control: {urls: [ftp://x]} | control.urls[0]: \"ftp://x\": want https://HOST[:PORT]",
                "control: {urls: []} | 1:17 control.urls: no URL of control",
                "control: {urls: [https://x], joinToken: a, joinTokenFile: b} | joinTokenFile beside joinToken",
                "control: {urls: [https://x], name: a b} | control.name: name \"a b\": want 1 to 64",
                "control: {urls: [https://x], pin: abc} | control.pin: pin \"abc\": want the base64 of",
                "control: {urls: [https://x], ca: none.pem} | control.ca: cannot read",
                "{controlMayOpen: [10.0.0.0/8], apps: [{id: a}]} | controlMayOpen beside apps",
                "control: {urls: ['a b'], joinToken: t} | 1:18 control.urls[0]",
                "relayAddresses: [{bind: 10.0.0.1, public: '2001:db8::1'}] | both must be of one family",
                "relayAddresses: [{bind: 0.0.0.0}] | a wildcard is no address for a peer",
                "relayAddresses: [{bind: 10.0.0.1}, {bind: 10.0.0.1}] | bind 10.0.0.1 is there twice",
                "publicAddress: 0.0.0.0 | publicAddress: 0.0.0.0 is a wildcard",
                "[a, b] | 1:1 : want keys (listen,",
                "? [a] : b | 1:3 : a key must be a word",
                "apps: [ | not YAML",
                "'a: b: c' | not YAML",
                "--- a | 1:5 : want keys",
            })
    void saysWhatIsWrongAndWhatMendsIt(String text, String expected) {
        assertThat(errors(text)).anySatisfy(error -> assertThat(error).contains(expected));
    }

    @Test
    void neverPrintsASecret() {
        RelayFile.Reading reading = read("""
            users: [{name: alice, password: "hun:ter2"}]
            apps:
              - id: demo
                secrets: [hunter2a, hunter2a, hunter2b]
            """);

        assertThat(reading.problems()).hasSizeGreaterThan(4);
        assertThat(reading.problems().toString()).doesNotContain("hunter2").doesNotContain("hun:ter2");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "secrets: [short] | WARNING | this secret has 5 bytes",
                "clients: [0.0.0.0/0] | WARNING | lets the whole internet use SOCKS5 and CONNECT",
                "destinations: [] | WARNING | nobody may use this app",
                "destinations: [{cidr: 0.0.0.0/0}] | NOTE | 0.0.0.0/0 opens no special range (this network, private",
                "destinations: [{cidr: '::/0'}] | NOTE | opens no special range (unspecified, loopback,",
                "destinations: [{cidr: 127.0.0.1/32}] | WARNING | lies in 127.0.0.0/8 (loopback)",
                "destinations: [{cidr: 169.254.0.0/16}] | WARNING | (link-local)",
                "destinations: [{cidr: '64:ff9b::/96'}] | WARNING | matches nothing",
            })
    void warnsOfWhatIsAllowedButSurprising(String line, Problem.Severity severity, String expected) {
        RelayFile.Reading reading = read("apps: [{id: demo, " + line + "}]");

        assertThat(reading.errors()).isEmpty();
        assertThat(reading.problems()).anySatisfy(problem -> {
            assertThat(problem.severity()).isEqualTo(severity);
            assertThat(problem.message()).contains(expected);
        });
    }

    @Test
    void saysThatUdpHasNoProxyHeader() {
        String app = "apps: [{id: demo, secrets: [0123456789abcdef], destinations: [{cidr: 198.51.100.0/24}]}]";
        RelayFile.Reading both = read("listen: [{port: 443, proxyProtocol: true}]\n" + app);
        RelayFile.Reading tcp = read("listen: [{port: 443, transports: [tcp], proxyProtocol: true}]\n" + app);

        assertThat(both.problems()).singleElement().satisfies(note -> {
            assertThat(note.severity()).isEqualTo(Problem.Severity.NOTE);
            assertThat(note.message()).startsWith("proxyProtocol is for TCP only; UDP on this entry");
        });
        assertThat(tcp.problems()).isEmpty();
        assertThat(tcp.orFail().listeners().getFirst().proxyProtocol()).isTrue();
    }

    @Test
    void hasNothingToSayAboutAnOrdinaryFile() {
        RelayFile.Reading reading =
                read("apps: [{id: demo, secrets: [0123456789abcdef], destinations: [{cidr: 198.51.100.0/24}, {cidr:"
                        + " 10.0.0.0/8}]}]");

        assertThat(reading.problems()).isEmpty();
    }

    @Test
    void pairsAPublicAddressWithTheListenersOwn() {
        RelayConfig config = read("""
            listen: [{address: 10.1.3.10, port: 443}]
            publicAddress: 203.0.113.7
            apps: [{id: demo, secrets: [0123456789abcdef]}]
            """).orFail();

        assertThat(config.effectiveRelayAddresses())
                .hasToString("[RelayAddress[bind=10.1.3.10, publicAddress=203.0.113.7]]");
    }

    @Test
    void takesAppsFromControl() throws IOException {
        Files.writeString(folder.resolve("token"), "a-join-token\n");
        RelayConfig config = read("""
            control: {urls: [https://c.example.com, 'http://127.0.0.1:8444'], joinTokenFile: token, name: eu-1}
            controlMayOpen: [10.1.0.0/16]
            """).orFail();

        assertThat(config.control()).hasValueSatisfying(link -> {
            assertThat(link.urls()).hasToString("[https://c.example.com, http://127.0.0.1:8444]");
            assertThat(link.joinToken()).contains(Secret.of("a-join-token"));
            assertThat(link.name()).isEqualTo("eu-1");
        });
        assertThat(config.controlMayOpen()).containsExactly(Cidr.parse("10.1.0.0/16"));
    }

    @Test
    void aJoinTokenIsNotNeededByARelayThatHasJoined() {
        RelayFile.Reading reading = read("control: {urls: [https://c.example.com], joinTokenFile: gone}");

        assertThat(reading.orFail().control()).isPresent();
        assertThat(reading.problems())
                .anySatisfy(
                        problem -> assertThat(problem.message()).contains("gone: enough for a relay that has joined"));
    }

    @Test
    void unreadableFilesAreOneSentence() throws IOException {
        assertThatThrownBy(() -> RelayFile.read(folder.resolve("none.yaml")))
                .isInstanceOf(CommandFailed.class)
                .hasMessageEndingWith("none.yaml: there is no such file");
        assertThatThrownBy(() -> RelayFile.read(folder)).hasMessageEndingWith("it is a folder");
        Path latin = folder.resolve("latin.yaml");
        Files.writeString(latin, "realm: bücher", StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> RelayFile.read(latin)).hasMessageEndingWith("it is not UTF-8 text");
    }

    private RelayFile.Reading read(String text) {
        Path file = folder.resolve("relay.yaml");
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return RelayFile.read(file);
    }

    private List<String> errors(String text) {
        return read(text).errors().stream()
                .map(problem ->
                        problem.line() + ":" + problem.column() + " " + problem.where() + ": " + problem.message())
                .toList();
    }
}
