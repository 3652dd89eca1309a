package io.callgate.e2e;

import io.callgate.testkit.Host;
import io.callgate.testkit.NetLab;

/// The firewall that lets HTTPS to the cloud through and drops UDP, as most do.
final class MediaToCloud {
    private MediaToCloud() {}

    /// Whether corp's datagrams to the cloud pass, whatever else the firewall says.
    static void pass(NetLab lab, boolean passes) {
        Host firewall = lab.company();
        LeakWatch.nft(firewall, "add table inet media; delete table inet media; add table inet media");
        if (!passes) {
            LeakWatch.nft(
                    firewall,
                    "add chain inet media out { type filter hook forward priority -5; };"
                            + " add rule inet media out ip daddr %s ip saddr %s meta l4proto udp drop"
                                    .formatted(lab.cloud().address(), lab.corp().address()));
        }
    }
}
