package io.callgate.model;

/// A table of its own for `nft -f`: accepts what is listed and decides nothing else.
///
/// Accepting here does not overrule a drop in another table: nftables asks every base chain. The rules are for an
/// administrator to copy beside the drops they lift.
final class AllowlistNftables {
    /// The kernel takes 128, with what nft puts around them.
    private static final int MOST_COMMENT_BYTES = 120;

    private AllowlistNftables() {}

    static String render(Allowlist allowlist) {
        StringBuilder text = new StringBuilder();
        text.append("# ").append(allowlist.title()).append('\n');
        text.append("# Copy these rules above the drops of your own table: accepting here lifts no drop elsewhere.\n");
        text.append("table inet callgate {\n");
        // A client's firewall mostly forwards for its network; a relay's stands on the relay itself.
        if (allowlist.side() == Allowlist.Side.CLIENT) {
            chain(text, "forward", allowlist, AllowlistEntry.Direction.OUTBOUND);
            text.append('\n');
            chain(text, "output", allowlist, AllowlistEntry.Direction.OUTBOUND);
        } else {
            chain(text, "input", allowlist, AllowlistEntry.Direction.INBOUND);
            text.append('\n');
            chain(text, "output", allowlist, AllowlistEntry.Direction.OUTBOUND);
        }
        return text.append("}\n").toString();
    }

    private static void chain(
            StringBuilder text, String hook, Allowlist allowlist, AllowlistEntry.Direction direction) {
        text.append("    chain ").append(hook).append(" {\n");
        text.append("        type filter hook ").append(hook).append(" priority filter; policy accept;\n");
        text.append("        ct state established,related accept\n");
        for (AllowlistEntry entry : allowlist.in(direction)) {
            text.append("        ").append(rule(entry)).append('\n');
        }
        text.append("    }\n");
    }

    private static String rule(AllowlistEntry entry) {
        String ports = entry.protocol().lowerCase() + " dport " + entry.ports();
        return entry.address()
                .map(address -> (address.network().isV4() ? "ip" : "ip6") + " daddr " + entry.target() + " " + ports
                        + " accept comment \"" + FirewallText.cut(entry.purpose(), MOST_COMMENT_BYTES) + "\"")
                .orElseGet(() -> "# " + entry.target() + " " + ports + ": " + entry.purpose()
                        + "; nftables knows addresses only, put those of this name here");
    }
}
