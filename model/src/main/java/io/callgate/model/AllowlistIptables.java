package io.callgate.model;

/// A file for both `iptables-restore --noflush` and `ip6tables-restore --noflush`: each leaves the other's lines
/// out.
///
/// Chains of its own, filled anew each time; the administrator sends packets there once.
final class AllowlistIptables {
    private static final int MOST_COMMENT_BYTES = 250;

    private AllowlistIptables() {}

    static String render(Allowlist allowlist) {
        StringBuilder text = new StringBuilder("# " + allowlist.title() + "\n");
        text.append(
                "# iptables-restore --noflush < FILE && ip6tables-restore --noflush < FILE; then once, for each:\n");
        if (allowlist.side() == Allowlist.Side.CLIENT) {
            text.append("# iptables -I FORWARD -j CALLGATE (OUTPUT on a client itself)\n");
            text.append("*filter\n:CALLGATE - [0:0]\n");
            chain(text, "CALLGATE", allowlist, AllowlistEntry.Direction.OUTBOUND);
        } else {
            text.append("# iptables -I INPUT -j CALLGATE-IN; iptables -I OUTPUT -j CALLGATE-OUT\n");
            text.append("*filter\n:CALLGATE-IN - [0:0]\n:CALLGATE-OUT - [0:0]\n");
            chain(text, "CALLGATE-IN", allowlist, AllowlistEntry.Direction.INBOUND);
            chain(text, "CALLGATE-OUT", allowlist, AllowlistEntry.Direction.OUTBOUND);
        }
        return text.append("COMMIT\n").toString();
    }

    private static void chain(
            StringBuilder text, String chain, Allowlist allowlist, AllowlistEntry.Direction direction) {
        text.append("-A ").append(chain).append(" -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n");
        for (AllowlistEntry entry : allowlist.in(direction)) {
            String protocol = entry.protocol().lowerCase();
            String ports = entry.ports().toString().replace('-', ':');
            if (entry.address().isEmpty()) {
                text.append("# ")
                        .append(entry.target())
                        .append(' ')
                        .append(protocol)
                        .append(' ')
                        .append(ports);
                text.append(": ").append(entry.purpose());
                text.append("; iptables knows addresses only, put those of this name here\n");
                continue;
            }
            text.append("-A ").append(chain).append(entry.isV4() ? " -4" : " -6");
            text.append(" -d ").append(entry.target());
            text.append(" -p ").append(protocol).append(" --dport ").append(ports);
            text.append(" -m comment --comment \"").append(FirewallText.cut(entry.purpose(), MOST_COMMENT_BYTES));
            text.append("\" -j ACCEPT\n");
        }
    }
}
