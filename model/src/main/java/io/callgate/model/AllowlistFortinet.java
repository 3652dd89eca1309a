package io.callgate.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Commands for FortiOS 6.4 and newer: addresses, services, and a policy for all addresses with the same
/// services, so that none is opened on another's ports.
final class AllowlistFortinet {
    private static final int MOST_COMMENT_BYTES = 240;

    private final Allowlist allowlist;
    private final StringBuilder text = new StringBuilder();

    private AllowlistFortinet(Allowlist allowlist) {
        this.allowlist = allowlist;
    }

    static String render(Allowlist allowlist) {
        return new AllowlistFortinet(allowlist).render();
    }

    private String render() {
        line(0, "# " + allowlist.title());
        addresses(
                "firewall address",
                allowlist.entries().stream().filter(entry -> !entry.isV6()).collect(Collectors.toList()));
        addresses(
                "firewall address6",
                allowlist.entries().stream().filter(AllowlistEntry::isV6).collect(Collectors.toList()));
        services();
        line(0, "# Name your own interfaces below, and move the policies above those that deny.");
        policies(AllowlistEntry.Direction.OUTBOUND);
        policies(AllowlistEntry.Direction.INBOUND);
        return text.toString();
    }

    private void addresses(String table, List<AllowlistEntry> entries) {
        Map<String, AllowlistEntry> byName = new LinkedHashMap<>();
        entries.forEach(entry -> byName.putIfAbsent(name(entry), entry));
        table(table, byName, (name, entry) -> {
            if (entry.isV6()) {
                line(8, "set ip6 " + entry.address().orElseThrow());
            } else if (entry.isV4()) {
                Cidr address = entry.address().orElseThrow();
                line(8, "set subnet " + address.network() + " " + FirewallText.netmask(address.prefixBits()));
            } else {
                line(8, "set type fqdn");
                line(8, "set fqdn \"" + entry.target() + "\"");
            }
            line(8, "set comment \"" + comment(entry.purpose()) + "\"");
        });
    }

    private void services() {
        Map<String, AllowlistEntry> byName = new LinkedHashMap<>();
        allowlist.entries().forEach(entry -> byName.putIfAbsent(service(entry), entry));
        table(
                "firewall service custom",
                byName,
                (name, entry) -> line(8, "set " + entry.protocol().lowerCase() + "-portrange " + entry.ports()));
    }

    private void policies(AllowlistEntry.Direction direction) {
        Map<String, Set<String>> servicesOf = new LinkedHashMap<>();
        Map<String, AllowlistEntry> byName = new LinkedHashMap<>();
        for (AllowlistEntry entry : allowlist.in(direction)) {
            servicesOf
                    .computeIfAbsent(name(entry), name -> new LinkedHashSet<>())
                    .add(service(entry));
            byName.putIfAbsent(name(entry), entry);
        }
        Map<Set<String>, List<AllowlistEntry>> alike = new LinkedHashMap<>();
        servicesOf.forEach((name, services) ->
                alike.computeIfAbsent(services, same -> new ArrayList<>()).add(byName.get(name)));
        if (alike.isEmpty()) {
            return;
        }
        line(0, "config firewall policy");
        int number = 0;
        for (var group : alike.entrySet()) {
            line(4, "edit 0");
            line(8, "set name \"callgate-" + direction.word() + "-" + ++number + "\"");
            line(8, "set srcintf \"any\"");
            line(8, "set dstintf \"any\"");
            members("", group.getValue().stream().filter(entry -> !entry.isV6()).collect(Collectors.toList()));
            members("6", group.getValue().stream().filter(AllowlistEntry::isV6).collect(Collectors.toList()));
            line(8, "set service " + quoted(new ArrayList<>(group.getKey())));
            line(8, "set schedule \"always\"");
            line(8, "set action accept");
            line(4, "next");
        }
        line(0, "end");
    }

    private void members(String family, List<AllowlistEntry> entries) {
        if (!entries.isEmpty()) {
            line(8, "set srcaddr" + family + " \"all\"");
            line(
                    8,
                    "set dstaddr" + family + " "
                            + quoted(entries.stream()
                                    .map(AllowlistFortinet::name)
                                    .collect(Collectors.toList())));
        }
    }

    private void table(String path, Map<String, AllowlistEntry> rows, Row row) {
        if (rows.isEmpty()) {
            return;
        }
        line(0, "config " + path);
        rows.forEach((name, entry) -> {
            line(4, "edit \"" + name + "\"");
            row.print(name, entry);
            line(4, "next");
        });
        line(0, "end");
    }

    private interface Row {
        void print(String name, AllowlistEntry entry);
    }

    private void line(int indent, String content) {
        text.append(" ".repeat(indent)).append(content).append('\n');
    }

    /// Object names have at most 79 characters: longer host names end in a number that tells them apart.
    private static String name(AllowlistEntry entry) {
        String name = "callgate-" + entry.target();
        return name.length() <= 79 ? name : name.substring(0, 70) + "-" + Integer.toHexString(name.hashCode());
    }

    private static String service(AllowlistEntry entry) {
        return "callgate-" + entry.protocol().lowerCase() + "-" + entry.ports();
    }

    private static String quoted(List<String> names) {
        return names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(" "));
    }

    /// A question mark asks the command line for help.
    private static String comment(String purpose) {
        return FirewallText.cut(purpose.replace("?", ""), MOST_COMMENT_BYTES);
    }
}
