package io.callgate.testkit;

import java.util.Locale;

/// What the company's firewall lets out of corp. Answers come back; everything else is dropped in silence, as real
/// firewalls do.
public enum Firewall {
    /// Everything passes, also straight to the cloud.
    OPEN("accept"),
    /// What an administrator opens for a cloud proxy with UDP: three UDP ports and one TCP port of one address.
    UDP_ALLOWLIST("""
        ip daddr $relay udp dport { 443, 3478, 7070 } accept
        ip daddr $relay tcp dport 443 accept
        """),
    /// Nothing passes.
    CLOSED("drop");

    private final String rulesForCorp;

    Firewall(String rulesForCorp) {
        this.rulesForCorp = rulesForCorp;
    }

    /// nftables rules for what corp sends; what none of them accepts is dropped. `$relay` is the relay's address.
    String rulesForCorp() {
        return rulesForCorp;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
