package io.callgate.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// One thing that an app's clients may reach through a relay: a network or a host, ports, protocols. All else is
/// refused.
public sealed interface DestinationRule {
    List<PortRange> ports();

    Set<Protocol> protocols();

    /// Every address of a network.
    record ToNetwork(Cidr cidr, List<PortRange> ports, Set<Protocol> protocols) implements DestinationRule {
        public ToNetwork {
            ports = checkedPorts(ports);
            protocols = checkedProtocols(protocols);
        }

        @Override
        public String toString() {
            return print(cidr.network().bracketed() + "/" + cidr.prefixBits(), ports, protocols);
        }
    }

    /// Whatever addresses a name resolves to, at the time of asking.
    ///
    /// @param host a [HostName]
    record ToHost(String host, List<PortRange> ports, Set<Protocol> protocols) implements DestinationRule {
        public ToHost {
            host = new HostName(host).value();
            ports = checkedPorts(ports);
            protocols = checkedProtocols(protocols);
        }

        @Override
        public String toString() {
            return print(host, ports, protocols);
        }
    }

    static DestinationRule toNetwork(Cidr cidr) {
        return new ToNetwork(cidr, List.of(PortRange.ALL), EnumSet.allOf(Protocol.class));
    }

    /// Reads `CIDR[:PORTS][/PROTO]` or `HOST[:PORTS][/PROTO]`, the form of `--allow`.
    ///
    /// - `198.51.100.0/24`, `198.51.100.7:443/tcp`, `198.51.100.0/24:443,1000-2000/udp`
    /// - `2001:db8::/32` and `[2001:db8::7]:443`: IPv6 without a prefix length needs the brackets when ports
    ///   follow
    /// - `sfu.example.com:443/tcp`
    ///
    /// Ports default to 1-65535, the protocol to both.
    static DestinationRule parse(String text) {
        try {
            return parseParts(text.trim());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "rule \"" + text + "\": " + e.getMessage() + " (the form is CIDR[:PORTS][/udp|/tcp])", e);
        }
    }

    private static DestinationRule parseParts(String text) {
        String rest = text;
        Set<Protocol> protocols = EnumSet.allOf(Protocol.class);
        int lastSlash = rest.lastIndexOf('/');
        if (lastSlash >= 0 && rest.substring(lastSlash + 1).chars().anyMatch(Character::isLetter)) {
            protocols = EnumSet.of(Protocol.parse(rest.substring(lastSlash + 1)));
            rest = rest.substring(0, lastSlash);
        }
        // Ports follow the prefix length or the bracket; an IPv6 address without both is all address.
        List<PortRange> ports = List.of(PortRange.ALL);
        int from = Math.max(rest.indexOf('/'), rest.indexOf(']'));
        int colon = rest.indexOf(':', Math.max(from, 0));
        boolean isBareV6 = from < 0 && colon >= 0 && rest.indexOf(':', colon + 1) >= 0;
        if (colon >= 0 && !isBareV6) {
            ports = parsePorts(rest.substring(colon + 1));
            rest = rest.substring(0, colon);
        }
        String target = rest.replace("[", "").replace("]", "");
        boolean hasBrackets = rest.startsWith("[") && rest.indexOf(']') == rest.lastIndexOf(']');
        if (!target.equals(rest) && (!hasBrackets || target.length() != rest.length() - 2)) {
            throw new IllegalArgumentException("the brackets do not match");
        }
        return isAddress(target)
                ? new ToNetwork(Cidr.parse(target), ports, protocols)
                : new ToHost(target, ports, protocols);
    }

    /// @param text ports and ranges with commas between: `443,1000-2000`
    static List<PortRange> parsePorts(String text) {
        List<PortRange> ports = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            ports.add(PortRange.parse(part.trim()));
        }
        return List.copyOf(ports);
    }

    private static boolean isAddress(String target) {
        return target.indexOf('/') >= 0
                || target.indexOf(':') >= 0
                || (!target.isEmpty() && target.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')));
    }

    private static List<PortRange> checkedPorts(List<PortRange> ports) {
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("a destination rule needs ports; 1-65535 is all of them");
        }
        return List.copyOf(ports);
    }

    private static Set<Protocol> checkedProtocols(Set<Protocol> protocols) {
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("a destination rule needs a protocol: udp, tcp or both");
        }
        return Set.copyOf(protocols);
    }

    private static String print(String target, List<PortRange> ports, Set<Protocol> protocols) {
        String portText = ports.equals(List.of(PortRange.ALL))
                ? ""
                : ":" + ports.stream().map(PortRange::toString).collect(Collectors.joining(","));
        return target
                + portText
                + (protocols.size() == 1 ? "/" + protocols.iterator().next().lowerCase() : "");
    }
}
