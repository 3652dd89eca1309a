package io.callgate.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/// An External Dynamic List of type IP: an address a line and, after a space, a comment. Such a list holds no
/// ports, so the comment says which ones the rule's services must have. Names belong into a list of another type
/// and are left out; so are a relay's own addresses, which are no destination of its own network.
final class AllowlistPaloAlto {
    private AllowlistPaloAlto() {}

    static String render(Allowlist allowlist) {
        Map<String, TreeSet<String>> byAddress = new LinkedHashMap<>();
        for (AllowlistEntry entry : allowlist.in(AllowlistEntry.Direction.OUTBOUND)) {
            if (entry.address().isPresent()) {
                byAddress
                        .computeIfAbsent(entry.target(), address -> new TreeSet<>())
                        .add(entry.protocol().lowerCase() + " " + entry.ports());
            }
        }
        StringBuilder text = new StringBuilder();
        byAddress.forEach((address, services) -> text.append(address)
                .append(" # ")
                .append(String.join(", ", services))
                .append('\n'));
        return text.toString();
    }
}
