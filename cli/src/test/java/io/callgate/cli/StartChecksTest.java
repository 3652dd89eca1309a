package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.model.PortRange;
import io.callgate.relay.MachineAddresses;
import io.callgate.relay.Relay;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StartChecksTest {
    private static final IpAddress ADDRESS = IpAddress.parse("192.0.2.1");
    private static final RelayConfig CONFIG =
            RelayConfig.DEFAULT.withListeners(List.of(RelayConfig.listener(ADDRESS, 443)));

    private OptionalLong openFiles = OptionalLong.of(65_536);
    private OptionalInt receiveBuffer = OptionalInt.of(Relay.RECEIVE_BUFFER_BYTES);
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private Optional<Boolean> isSynchronized = Optional.of(true);
    private Optional<PortRange> ephemeral = Optional.of(new PortRange(32_768, 60_999));
    private List<PortRange> reserved = List.of();
    private boolean isUp = true;

    private List<String> warnings(RelayConfig config) {
        MachineAddresses addresses =
                new MachineAddresses(List.of(new MachineAddresses.Local(ADDRESS, "eth1", isUp, false)));
        return new StartChecks(
                        new StartChecks.Readings(
                                openFiles, receiveBuffer, now, isSynchronized, ephemeral, reserved, addresses),
                        config,
                        2)
                .warnings();
    }

    @Test
    void aGoodMachineGetsNoWarning() {
        assertThat(warnings(CONFIG)).isEmpty();
    }

    @Test
    void whatTheSystemDoesNotSayIsNoWarning() {
        openFiles = OptionalLong.empty();
        receiveBuffer = OptionalInt.empty();
        isSynchronized = Optional.empty();
        ephemeral = Optional.empty();

        assertThat(warnings(CONFIG)).isEmpty();
    }

    @Test
    void fewDescriptors() {
        openFiles = OptionalLong.of(1024);

        assertThat(warnings(CONFIG)).singleElement().asString().contains("ulimit -n 65536");
    }

    @Test
    void aSmallReceiveBuffer() {
        receiveBuffer = OptionalInt.of(212_992);

        assertThat(warnings(CONFIG))
                .containsExactly("a UDP socket gets 212992 bytes of receive buffer here, of 4194304 wanted: in a burst"
                        + " the system throws media away before the relay sees it; raise it with: sysctl -w"
                        + " net.core.rmem_max=4194304");
    }

    @Test
    void aClockThatWasNeverSet() {
        now = Instant.parse("1970-01-01T00:07:00Z");

        assertThat(warnings(CONFIG))
                .containsExactly("the clock of this machine says 1970-01-01T00:07:00Z: credentials are judged by it,"
                        + " so good ones are refused; set it with: timedatectl set-ntp true");
    }

    @Test
    void aClockThatIsNotSynchronized() {
        isSynchronized = Optional.of(false);

        assertThat(warnings(CONFIG)).singleElement().asString().contains("timedatectl timesync-status");
    }

    @Test
    void relayPortsThatTheSystemGivesToOthers() {
        RelayConfig narrow = withRelayPorts(new PortRange(50_000, 50_999));

        assertThat(warnings(narrow))
                .containsExactly("1000 of the 1000 relay ports (50000-50999) are also those from which this system"
                        + " takes ports for outgoing packets (32768-60999): an allocation may find them taken; keep"
                        + " them for the relay with: sysctl -w net.ipv4.ip_local_reserved_ports=50000-50999");

        reserved = List.of(new PortRange(50_000, 50_999));
        assertThat(warnings(narrow)).isEmpty();
    }

    @Test
    void aCardThatIsDown() {
        isUp = false;

        assertThat(warnings(CONFIG))
                .containsExactly("the network interface eth1 of 192.0.2.1 is down: nothing arrives there; bring it up"
                        + " with: ip link set eth1 up");
    }

    @Test
    void readsWhatLinuxWrites() {
        assertThat(StartChecks.Readings.parseRange("32768\t60999")).contains(new PortRange(32_768, 60_999));
        assertThat(StartChecks.Readings.parseRange("nonsense")).isEmpty();
        assertThat(StartChecks.Readings.parseList("")).isEmpty();
        assertThat(StartChecks.Readings.parseList("8080,50000-50999"))
                .containsExactly(PortRange.of(8080), new PortRange(50_000, 50_999));
    }

    @Test
    void readsThisMachineWithoutFailing() {
        StartChecks.Readings readings = StartChecks.Readings.ofThisMachine(new SystemTime());

        assertThat(readings.now()).isAfter(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(readings.addresses().locals()).isNotEmpty();
    }

    private static RelayConfig withRelayPorts(PortRange ports) {
        return new RelayConfig(
                CONFIG.listeners(),
                CONFIG.relayAddresses(),
                CONFIG.publicAddress(),
                ports,
                CONFIG.realm(),
                CONFIG.tls(),
                CONFIG.apps(),
                CONFIG.control(),
                CONFIG.controlMayOpen(),
                CONFIG.operation(),
                CONFIG.check());
    }
}
