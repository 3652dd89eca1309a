package io.callgate.relay.link;

import com.sun.management.OperatingSystemMXBean;
import io.callgate.relay.RelaySnapshot;
import java.lang.management.ManagementFactory;

/// How busy a relay is, from 0 to 100: the more used up of its machine's processors and the ports of its fullest
/// relay address. By this control spreads clients.
final class RelayLoad {
    private RelayLoad() {}

    static int percent(RelaySnapshot snapshot) {
        return (int) Math.round(Math.min(100, Math.max(100 * snapshot.fullestPorts(), processors())));
    }

    /// Of the machine and not of this process: what others use clients cannot have either.
    private static double processors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? 100 * Math.max(0, system.getCpuLoad()) // negative where the system does not say
                : 0;
    }
}
