package io.callgate.cli;

import io.callgate.model.Cidr;
import io.callgate.model.SpecialRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What the author of a destination rule may not expect of it.
final class DestinationRemarks {
    private static final Set<String> SURPRISING = Set.of("loopback", "link-local", "this network", "unspecified");
    private static final List<Cidr> HIDING_V4 =
            List.of(Cidr.parse("64:ff9b::/96"), Cidr.parse("2002::/16"), Cidr.parse("2001::/32"), Cidr.parse("::/96"));

    private DestinationRemarks() {}

    record Remark(boolean isWarning, String sentence) {}

    static List<Remark> about(Cidr network) {
        List<Remark> remarks = new ArrayList<>();
        SpecialRanges.enclosing(network).ifPresent(range -> {
            if (SURPRISING.contains(range.name())) {
                remarks.add(new Remark(
                        true,
                        network + " lies in " + range.cidr() + " (" + range.name()
                                + "): clients reach services of this host or cloud that trust their neighbours"));
            }
        });
        List<SpecialRanges.SpecialRange> closed = SpecialRanges.leftClosedBy(network);
        if (!closed.isEmpty()) {
            String names = closed.stream()
                    .map(SpecialRanges.SpecialRange::name)
                    .distinct()
                    .collect(Collectors.joining(", "));
            remarks.add(new Remark(
                    false,
                    network + " opens no special range (" + names
                            + "); to open part of one add a rule inside it, such as "
                            + closed.getFirst().cidr()));
        }
        boolean isEmbedding = HIDING_V4.stream().anyMatch(network::isInside)
                && SpecialRanges.enclosing(network).isEmpty();
        if (isEmbedding) {
            remarks.add(new Remark(
                    true,
                    network + " matches nothing: IPv4 hidden in IPv6 is checked as IPv4; write the IPv4 network"));
        }
        return remarks;
    }
}
