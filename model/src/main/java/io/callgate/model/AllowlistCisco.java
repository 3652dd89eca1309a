package io.callgate.model;

import java.util.List;

/// Extended access lists for IOS: one for each family and direction that has entries.
final class AllowlistCisco {
    private static final int MOST_REMARK_CHARACTERS = 100;

    private AllowlistCisco() {}

    static String render(Allowlist allowlist) {
        StringBuilder text = new StringBuilder("! " + allowlist.title() + "\n");
        boolean isClients = allowlist.side() == Allowlist.Side.CLIENT;
        accessLists(text, isClients ? "CALLGATE" : "CALLGATE-OUT", allowlist.in(AllowlistEntry.Direction.OUTBOUND));
        accessLists(text, "CALLGATE-IN", allowlist.in(AllowlistEntry.Direction.INBOUND));
        return text.toString();
    }

    private static void accessLists(StringBuilder text, String name, List<AllowlistEntry> entries) {
        if (entries.stream().anyMatch(entry -> !entry.isV6())) {
            text.append("ip access-list extended ").append(name).append('\n');
            entries.stream().filter(entry -> !entry.isV6()).forEach(entry -> permit(text, entry));
        }
        if (entries.stream().anyMatch(AllowlistEntry::isV6)) {
            text.append("ipv6 access-list ").append(name).append("-V6\n");
            entries.stream().filter(AllowlistEntry::isV6).forEach(entry -> permit(text, entry));
        }
    }

    private static void permit(StringBuilder text, AllowlistEntry entry) {
        String remark = FirewallText.ascii(entry.purpose());
        if (entry.address().isEmpty()) {
            remark = entry.target() + " " + entry.protocol().lowerCase() + " " + entry.ports() + " by its addresses: "
                    + remark;
        }
        if (!remark.isEmpty()) {
            text.append(" remark ")
                    .append(FirewallText.cut(remark, MOST_REMARK_CHARACTERS))
                    .append('\n');
        }
        if (entry.address().isPresent()) {
            text.append(" permit ").append(entry.protocol().lowerCase()).append(" any ");
            text.append(destination(entry, entry.address().get())).append(' ').append(ports(entry.ports()));
            text.append('\n');
        }
    }

    private static String destination(AllowlistEntry entry, Cidr address) {
        if (entry.isOneAddress()) {
            return "host " + address.network();
        }
        return entry.isV4()
                ? address.network() + " " + FirewallText.wildcard(address.prefixBits())
                : address.toString();
    }

    private static String ports(PortRange ports) {
        return ports.size() == 1 ? "eq " + ports.first() : "range " + ports.first() + " " + ports.last();
    }
}
