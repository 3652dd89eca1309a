package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Host;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Counts on a machine itself what it sends to others than relays, names and neighbours included: names also where
/// its own resolver is asked (127.0.0.53), which would ask on. Neighbour discovery is between machines of one
/// cable, and no packet of a program.
final class LeakWatch {
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private final Host host;

    private LeakWatch(Host host) {
        this.host = host;
    }

    /// From now on.
    static LeakWatch over(Host host, List<Host> relays) {
        String addresses = String.join(", ", relays.stream().map(Host::address).toList());
        nft(
                host,
                "add table inet leaks; delete table inet leaks; add table inet leaks;"
                        + " add counter inet leaks others;"
                        + " add chain inet leaks out { type filter hook output priority 0; };"
                        + " add rule inet leaks out ip daddr { %s } accept;".formatted(addresses)
                        + " add rule inet leaks out meta l4proto { tcp, udp } th dport 53 counter name others accept;"
                        + " add rule inet leaks out oif lo accept;"
                        + " add rule inet leaks out meta l4proto ipv6-icmp accept;"
                        + " add rule inet leaks out counter name others");
        return new LeakWatch(host);
    }

    long packets() {
        Matcher packets = PACKETS.matcher(nft(host, "list counters table inet leaks"));
        assertThat(packets.find()).isTrue();
        return Long.parseLong(packets.group(1));
    }

    /// @return how many packets more there are once that has been done
    long afterwards(Runnable work) {
        long before = packets();
        work.run();
        return packets() - before;
    }

    static String nft(Host host, String command) {
        ProgramRun run = ProgramRun.of(host.commandInside(List.of("nft", command)));
        assertThat(run.exitCode()).as(run.output()).isZero();
        return run.output();
    }
}
