package io.callgate.testkit;

import java.util.Locale;

/// What the company's firewall lets out of corp. Answers come back; everything else is dropped in silence, as most
/// real firewalls do.
public enum Firewall {
    /// Everything passes, also straight to the cloud.
    OPEN("accept"),
    /// What an administrator opens for a cloud proxy with UDP: three UDP ports and one TCP port of one address.
    UDP_ALLOWLIST("""
        ip daddr $relay udp dport { 443, 3478, 7070 } accept
        ip daddr $relay tcp dport 443 accept
        """),
    /// One TCP port of one address, whatever is said on it.
    TCP443_ONLY("ip daddr $relay tcp dport 443 accept"),
    /// The same with deep packet inspection: the first bytes that corp says must be a TLS record of a handshake,
    /// else they are dropped, as often as they are sent. Packets without payload (SYN, ACK, FIN) pass.
    TLS443_ONLY("ip daddr $relay tcp dport 443 accept", """
        ip daddr $relay tcp dport 443 jump tls_first
        """),
    /// One UDP port of one address.
    UDP443_ONLY("ip daddr $relay udp dport 443 accept"),
    /// TCP connections to the relay are cut as soon as corp has said anything in them.
    CUTTING("ip daddr $relay tcp dport 443 accept", """
        ip daddr $relay tcp dport 443 @ih,0,8 & 0x00 == 0x00 reject with tcp reset
        """),
    /// Nothing passes, and corp is told so at once.
    REFUSING("""
        meta l4proto tcp reject with tcp reset
        reject
        """),
    /// Nothing passes.
    CLOSED("drop");

    private final String rulesForCorp;
    private final String inspection;

    Firewall(String rulesForCorp) {
        this(rulesForCorp, "");
    }

    Firewall(String rulesForCorp, String inspection) {
        this.rulesForCorp = rulesForCorp;
        this.inspection = inspection;
    }

    /// nftables rules for the first packet of what corp sends; what none of them accepts is dropped. `$relay` is
    /// the relay's address.
    String rulesForCorp() {
        return rulesForCorp;
    }

    /// nftables rules for every packet that corp sends, before it is asked to which flow it belongs; they may
    /// drop. The chain `tls_first` is there for them.
    String inspection() {
        return inspection;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
