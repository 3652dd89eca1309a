package io.callgate.cli;

import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.TimeSource;
import io.callgate.relay.MachineAddresses;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// What of the machine will hurt later, looked at once at the start. Each warning is one sentence: what is found,
/// why it matters, and the command that mends it.
final class StartChecks {
    /// Before this version of Callgate was made, and long after: such a clock was never set.
    private static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

    /// With so many relay ports to itself a relay always finds one: it tries sixteen.
    private static final int ENOUGH_PORTS = 1024;

    private final Readings readings;
    private final RelayConfig config;
    private final int loops;

    StartChecks(Readings readings, RelayConfig config, int loops) {
        this.readings = readings;
        this.config = config;
        this.loops = loops;
    }

    /// What was found; empty where the system does not say.
    ///
    /// @param receiveBufferBytes granted to a UDP socket that asks for [Relay#RECEIVE_BUFFER_BYTES]
    /// @param isClockSynchronized as systemd-timesyncd says, where it runs
    /// @param ephemeralPorts from which the system takes ports for outgoing packets
    /// @param reservedPorts that it leaves out of them
    record Readings(
            OptionalLong openFiles,
            OptionalInt receiveBufferBytes,
            Instant now,
            Optional<Boolean> isClockSynchronized,
            Optional<PortRange> ephemeralPorts,
            List<PortRange> reservedPorts,
            MachineAddresses addresses) {
        private static final Path IPV4 = Path.of("/proc/sys/net/ipv4");
        private static final Path TIMESYNC = Path.of("/run/systemd/timesync");

        static Readings ofThisMachine(TimeSource time) {
            return new Readings(
                    OpenFilesLimit.ofThisProcess(),
                    grantedReceiveBuffer(),
                    time.now(),
                    Files.isDirectory(TIMESYNC)
                            ? Optional.of(Files.exists(TIMESYNC.resolve("synchronized")))
                            : Optional.empty(),
                    firstLine(IPV4.resolve("ip_local_port_range")).flatMap(Readings::parseRange),
                    firstLine(IPV4.resolve("ip_local_reserved_ports"))
                            .map(Readings::parseList)
                            .orElse(List.of()),
                    machineAddresses());
        }

        /// Asked of a real socket: in a container the limit itself is often not to be seen.
        private static OptionalInt grantedReceiveBuffer() {
            try (DatagramSocket probe = new DatagramSocket(null)) {
                probe.setReceiveBufferSize(Relay.RECEIVE_BUFFER_BYTES);
                return OptionalInt.of(probe.getReceiveBufferSize());
            } catch (IOException e) {
                return OptionalInt.empty();
            }
        }

        private static MachineAddresses machineAddresses() {
            try {
                return MachineAddresses.read();
            } catch (RelayException e) {
                return new MachineAddresses(List.of()); // the relay itself will say it
            }
        }

        private static Optional<String> firstLine(Path file) {
            try {
                return Files.readAllLines(file).stream().findFirst();
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        /// @param text two numbers, as in `32768 60999`
        static Optional<PortRange> parseRange(String text) {
            String[] ends = text.trim().split("\\s+", -1);
            try {
                return ends.length == 2
                        ? Optional.of(new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])))
                        : Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        /// @param text as in `50000-50999,8080`, or nothing
        static List<PortRange> parseList(String text) {
            List<PortRange> ranges = new ArrayList<>();
            try {
                for (String part : text.trim().split(",", -1)) {
                    if (!part.isEmpty()) {
                        ranges.add(PortRange.parse(part));
                    }
                }
            } catch (IllegalArgumentException e) {
                return List.of();
            }
            return ranges;
        }
    }

    /// @throws CommandFailed if the listeners alone need more descriptors than there are
    void requireRoom() {
        OpenFilesLimit.check(readings.openFiles(), config, loops);
    }

    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        Optional.of(OpenFilesLimit.check(readings.openFiles(), config, loops))
                .filter(sentence -> !sentence.isEmpty())
                .ifPresent(warnings::add);
        receiveBuffer().ifPresent(warnings::add);
        clock().ifPresent(warnings::add);
        relayPorts().ifPresent(warnings::add);
        warnings.addAll(cards());
        return warnings;
    }

    private Optional<String> receiveBuffer() {
        if (readings.receiveBufferBytes().isEmpty()
                || readings.receiveBufferBytes().getAsInt() >= Relay.RECEIVE_BUFFER_BYTES) {
            return Optional.empty();
        }
        return Optional.of("a UDP socket gets " + readings.receiveBufferBytes().getAsInt() + " bytes of receive buffer"
                + " here, of " + Relay.RECEIVE_BUFFER_BYTES + " wanted: in a burst the system throws media away before"
                + " the relay sees it; raise it with: sysctl -w net.core.rmem_max=" + Relay.RECEIVE_BUFFER_BYTES);
    }

    private Optional<String> clock() {
        if (readings.now().isBefore(EARLIEST) || readings.now().isAfter(LATEST)) {
            return Optional.of("the clock of this machine says " + readings.now() + ": credentials are judged by it,"
                    + " so good ones are refused; set it with: timedatectl set-ntp true");
        }
        return readings.isClockSynchronized().orElse(true)
                ? Optional.empty()
                : Optional.of("the clock of this machine has not been synchronized: if it is a minute off, good"
                        + " credentials are refused; see why with: timedatectl timesync-status");
    }

    /// Only where it can matter: outgoing UDP of other programs sits on few ports, and a relay tries another port.
    private Optional<String> relayPorts() {
        if (readings.ephemeralPorts().isEmpty()) {
            return Optional.empty();
        }
        PortRange wanted = config.relayPorts();
        PortRange ephemeral = readings.ephemeralPorts().get();
        int own = 0;
        int shared = 0;
        for (int port = wanted.first(); port <= wanted.last(); port++) {
            int candidate = port;
            boolean isShared = ephemeral.contains(port)
                    && readings.reservedPorts().stream().noneMatch(range -> range.contains(candidate));
            shared += isShared ? 1 : 0;
            own += isShared ? 0 : 1;
        }
        return shared == 0 || own >= ENOUGH_PORTS
                ? Optional.empty()
                : Optional.of(shared + " of the " + (shared + own) + " relay ports (" + wanted + ") are also those from"
                        + " which this system takes ports for outgoing packets (" + ephemeral + "): an allocation may"
                        + " find them taken; keep them for the relay with: sysctl -w"
                        + " net.ipv4.ip_local_reserved_ports=" + wanted);
    }

    /// That an address is local at all is checked by the relay, which does not start without it.
    private List<String> cards() {
        Set<IpAddress> named = new LinkedHashSet<>();
        config.effectiveListeners().stream()
                .map(ListenerState::address)
                .filter(address -> !address.isWildcard())
                .forEach(named::add);
        config.effectiveRelayAddresses().forEach(address -> named.add(address.bind()));
        List<String> warnings = new ArrayList<>();
        for (IpAddress address : named) {
            readings.addresses()
                    .find(address)
                    .filter(local -> !local.isUp())
                    .ifPresent(local -> warnings.add("the network interface " + local.card() + " of " + address
                            + " is down: nothing arrives there; bring it up with: ip link set " + local.card()
                            + " up"));
        }
        return warnings;
    }
}
