package io.callgate.client.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.callgate.client.mode.NetworkKind;
import io.callgate.client.net.RealTime;
import io.callgate.model.IpAddress;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InterfaceMonitorTest {
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final Machine machine = new Machine();
    private final InterfaceMonitor monitor = new InterfaceMonitor(machine, InterfaceKinds.byName(), machine);
    private final List<String> told = new ArrayList<>();

    @Test
    void isTheInterfaceOfTheDefaultRoute() {
        machine.has("eth0", "10.0.0.5").has("wwan0", "100.64.0.9").has("docker0", "172.17.0.1");

        machine.routesBy("100.64.0.9");

        assertThat(seenAtStart()).isEqualTo(new Network(NetworkKind.CELLULAR, addresses("100.64.0.9"), true));
    }

    @Test
    void isWhateverTheDefaultRouteLeavesBy() {
        machine.has("br-lan", "192.168.1.1").routesBy("192.168.1.1");

        assertThat(seenAtStart()).isEqualTo(new Network(NetworkKind.UNKNOWN, addresses("192.168.1.1"), false));
    }

    @Test
    void isAllThatAreUpWhereThereIsNoDefaultRoute() {
        machine.has("wwan0", "100.64.0.9").has("docker0", "172.17.0.1").has("wlan0", "10.0.0.7");

        assertThat(seenAtStart()).isEqualTo(new Network(NetworkKind.WIFI, addresses("100.64.0.9", "10.0.0.7"), false));
    }

    @Test
    void isOfflineWithNothingButContainers() {
        machine.has("docker0", "172.17.0.1");

        assertThat(seenAtStart()).isEqualTo(Network.OFFLINE);
    }

    @Test
    void tellsAChangeOnceItHasLasted() {
        monitor.listen(this::tell);

        machine.has("wlan0", "10.0.0.7");
        lookTwice();
        assertThat(told).isEmpty();
        assertThat(monitor.current()).isEqualTo(Network.OFFLINE);

        lookTwice();
        assertThat(told).containsExactly("OFFLINE > WIFI [10.0.0.7]");
        assertThat(monitor.current().kind()).isEqualTo(NetworkKind.WIFI);

        lookTwice();
        assertThat(told).hasSize(1);
    }

    @Test
    void tellsWhatComesOfSeveralChangesAtOnce() {
        monitor.listen(this::tell);

        machine.has("wlan0", "10.0.0.7");
        lookTwice();
        machine.has("wlan0", "10.0.0.7", "2001:db8:1::7");
        lookTwice();
        lookTwice();

        assertThat(told).containsExactly("OFFLINE > WIFI [10.0.0.7, 2001:db8:1::7]");
    }

    @Test
    void tellsNothingOfWhatWasOverAtOnce() {
        monitor.listen(this::tell);

        machine.has("wlan0", "10.0.0.7");
        lookTwice();
        machine.hasNothing();
        lookTwice();
        lookTwice();

        assertThat(told).isEmpty();
    }

    @Test
    void tellsThatOneNetworkOfAKindFollowsAnother() {
        machine.has("wlan0", "10.0.0.7");
        changed();
        monitor.listen(this::tell);

        machine.hasNothing().has("wlan0", "192.168.7.20");
        changed();

        assertThat(told).containsExactly("WIFI > WIFI [192.168.7.20]");
    }

    @Test
    void staysAsItWasWhileTheSystemDoesNotSay() {
        machine.has("wlan0", "10.0.0.7");
        changed();

        machine.fails();
        changed();

        assertThat(monitor.current().kind()).isEqualTo(NetworkKind.WIFI);
    }

    @Test
    void goesOnWhereAListenerThrows() {
        List<Throwable> thrown = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> thrown.add(failure));
        monitor.listen((before, now) -> {
            throw new IllegalStateException("unbearable");
        });
        monitor.listen(this::tell);

        machine.has("wlan0", "10.0.0.7");
        changed();

        assertThat(told).hasSize(1);
        assertThat(thrown).singleElement().asString().contains("unbearable");
        Thread.currentThread().setUncaughtExceptionHandler(null);
    }

    @Test
    void tellsNothingWhenForgottenOrClosed() {
        NetworkMonitor.Listener listener = this::tell;
        monitor.listen(listener);
        monitor.forget(listener);
        machine.has("wlan0", "10.0.0.7");
        changed();

        monitor.listen(listener);
        monitor.close();
        monitor.close();
        machine.hasNothing();
        changed();

        assertThat(told).isEmpty();
    }

    @Test
    void looksAtThisMachine() {
        try (InterfaceMonitor real = InterfaceMonitor.start(new RealTime())) {
            Network network = real.current();

            assertThat(network.addresses().isEmpty()).isEqualTo(network.kind() == NetworkKind.OFFLINE);
        }
    }

    @Test
    void aNetworkHasAnAddress() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Network(NetworkKind.WIFI, Set.of(), false))
                .withMessageStartingWith("WIFI with []");
    }

    private Network seenAtStart() {
        return new InterfaceMonitor(machine, InterfaceKinds.byName(), machine).current();
    }

    private void tell(Network before, Network now) {
        told.add(before.kind() + " > " + now.kind() + " "
                + now.addresses().stream().map(IpAddress::toString).sorted().toList());
    }

    private void lookTwice() {
        for (int i = 0; i < 2; i++) {
            monitor.look();
            machine.nanos += MOMENT.toNanos();
        }
    }

    private void changed() {
        lookTwice();
        lookTwice();
    }

    private static Set<IpAddress> addresses(String... literals) {
        return Stream.of(literals).map(IpAddress::parse).collect(Collectors.toSet());
    }

    /// The interfaces, routes and clock of a machine that exists in this test alone.
    private static final class Machine implements Interfaces, TimeSource {
        private final List<Interface> up = new ArrayList<>();
        private Optional<IpAddress> source = Optional.empty();
        private boolean fails;
        private long nanos;

        Machine has(String name, String... addresses) {
            up.removeIf(each -> each.name().equals(name));
            up.add(new Interface(name, name, addresses(addresses)));
            return this;
        }

        Machine hasNothing() {
            up.clear();
            return this;
        }

        Machine routesBy(String address) {
            source = Optional.of(IpAddress.parse(address));
            return this;
        }

        void fails() {
            fails = true;
        }

        @Override
        public List<Interface> up() throws IOException {
            if (fails) throw new IOException("no");
            return List.copyOf(up);
        }

        @Override
        public Optional<IpAddress> source() {
            return source;
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }
    }
}
