package io.callgate.relay.grant;

import io.callgate.model.Cidr;
import io.callgate.model.DestinationRule;
import io.callgate.model.IpAddress;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.SpecialRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where the clients of one app may go. The one object that every protocol asks before any byte leaves for a
/// peer, and before any datagram of a peer reaches a client. Denies by default.
///
/// Immutable but for the addresses of host rules, which follow the DNS; safe on every loop, allocates nothing.
///
/// An address is judged in its canonical form: IPv4 hidden in IPv6 is unwrapped first. A special range (loopback,
/// private, link-local …) is opened only by a rule that lies inside the range, an address of this relay's own host
/// only by one that names that single address, and both only in the relay's own file or where that leaves it to
/// control. `0.0.0.0/0` opens none.
public final class DestinationPolicy {
    private final LiveApp app;
    private final Surroundings surroundings;
    private final Rule[] rules;
    private final HostRule[] hostRules;

    /// What a policy must know of the relay around it.
    ///
    /// @param ownHost addresses and listeners of this relay
    /// @param allocations who holds which relayed address
    /// @param hosts addresses of names, kept fresh
    /// @param openings which rules may open what is closed to rules in general
    public record Surroundings(OwnHost ownHost, LiveAllocations allocations, HostAddresses hosts, Openings openings) {}

    DestinationPolicy(LiveApp app, List<DestinationRule> destinations, Surroundings surroundings) {
        this.app = app;
        this.surroundings = surroundings;
        List<Rule> networks = new ArrayList<>();
        List<HostRule> hosts = new ArrayList<>();
        for (DestinationRule rule : destinations) {
            if (rule instanceof DestinationRule.ToNetwork network) {
                networks.add(Rule.of(network, surroundings.openings()));
            } else if (rule instanceof DestinationRule.ToHost host) {
                hosts.add(HostRule.of(host, surroundings.hosts()));
            }
        }
        this.rules = networks.toArray(Rule[]::new);
        this.hostRules = hosts.toArray(HostRule[]::new);
    }

    /// Judges one destination, or one source of an inbound datagram. Per packet.
    ///
    /// @param high address as in [IpAddress]
    /// @param port 1..65535; anything else is refused
    /// @return the reason to refuse it, or null if it is allowed
    public @Nullable DropReason refusalOf(long high, long low, int port, Protocol protocol) {
        boolean isHidden = hidesOtherV4(high, low);
        long canonicalHigh = isHidden ? 0 : high;
        long canonicalLow = isHidden ? canonicalLow(high, low) : low;
        // Of the address as it came: 6to4 and Teredo can hide a second IPv4 address that the canonical form loses.
        boolean isSpecial = SpecialRanges.contains(high, low);
        boolean isOwn = isOwn(high, low, canonicalHigh, canonicalLow);
        if (isOwn) {
            DropReason reason = refusalOfOwn(high, low, port, protocol);
            if (reason == null && isHidden) {
                reason = refusalOfOwn(canonicalHigh, canonicalLow, port, protocol);
            }
            if (reason != null) {
                return reason;
            }
            // Only under its own name: what hides the address of an allocation is dialled elsewhere.
            if (protocol == Protocol.UDP && surroundings.allocations().holder(high, low, port) == app) {
                return null;
            }
        }
        if (protocol == Protocol.UDP && IpAddress.hidesTunnelEnd(high, low)) {
            // UDP goes to the address as it came, not to the one that rules are about.
            return isOwn ? DropReason.OWN_ADDRESS : DropReason.SPECIAL_RANGE;
        }
        return refusalByRules(canonicalHigh, canonicalLow, port, protocol, isSpecial, isOwn);
    }

    private @Nullable DropReason refusalOfOwn(long high, long low, int port, Protocol protocol) {
        OwnHost own = surroundings.ownHost();
        if (own.listensOn(high, low, port, protocol)) {
            return DropReason.PROXY_LOOP;
        }
        if (own.serves(high, low, port)) {
            return DropReason.OWN_ADDRESS;
        }
        LiveApp holder = protocol == Protocol.UDP ? surroundings.allocations().holder(high, low, port) : null;
        return holder == null || holder == app ? null : DropReason.FOREIGN_ALLOCATION;
    }

    private @Nullable DropReason refusalByRules(
            long high, long low, int port, Protocol protocol, boolean isSpecial, boolean isOwn) {
        DropReason reason = DropReason.DESTINATION_NOT_ALLOWED;
        for (Rule rule : rules) {
            if (rule.cidr.contains(high, low) && rule.ports.allow(port, protocol)) {
                if (rule.opens(isSpecial, isOwn, high, low)) {
                    return null;
                }
                reason = isOwn ? DropReason.OWN_ADDRESS : DropReason.SPECIAL_RANGE;
            }
        }
        if (!isSpecial && !isOwn) {
            for (HostRule rule : hostRules) {
                if (rule.ports.allow(port, protocol) && rule.addresses.contains(high, low)) {
                    return null;
                }
            }
        }
        return reason;
    }

    /// Judges an address without a port, as CreatePermission has it: allowed if any UDP port of it is.
    ///
    /// @param ownAllocationsThere how many allocations the asking client itself holds at that address
    /// @return the reason to refuse it, or null if it is allowed
    public @Nullable DropReason refusalOfAnyPort(long high, long low, int ownAllocationsThere) {
        boolean isHidden = hidesOtherV4(high, low);
        long canonicalHigh = isHidden ? 0 : high;
        long canonicalLow = isHidden ? canonicalLow(high, low) : low;
        boolean isOwn = isOwn(high, low, canonicalHigh, canonicalLow);
        if (isOwn && surroundings.allocations().heldBy(app, high, low) > ownAllocationsThere) {
            return null;
        }
        if (IpAddress.hidesTunnelEnd(high, low)) {
            return isOwn ? DropReason.OWN_ADDRESS : DropReason.SPECIAL_RANGE;
        }
        return refusalOfAnyPortByRules(canonicalHigh, canonicalLow, SpecialRanges.contains(high, low), isOwn);
    }

    private @Nullable DropReason refusalOfAnyPortByRules(long high, long low, boolean isSpecial, boolean isOwn) {
        DropReason reason = DropReason.DESTINATION_NOT_ALLOWED;
        for (Rule rule : rules) {
            if (rule.cidr.contains(high, low) && rule.ports.allowAny(Protocol.UDP)) {
                if (rule.opens(isSpecial, isOwn, high, low)) {
                    return null;
                }
                reason = isOwn ? DropReason.OWN_ADDRESS : DropReason.SPECIAL_RANGE;
            }
        }
        if (!isSpecial && !isOwn) {
            for (HostRule rule : hostRules) {
                if (rule.ports.allowAny(Protocol.UDP) && rule.addresses.contains(high, low)) {
                    return null;
                }
            }
        }
        return reason;
    }

    /// Judges one answer of the DNS for a name that a client asked for by CONNECT. A host rule for that very name
    /// allows it even if the rule's own look-up has not seen this address yet.
    ///
    /// @return the reason to refuse it, or null if it is allowed
    public @Nullable DropReason refusalOfResolved(String host, IpAddress address, int port, Protocol protocol) {
        DropReason reason = refusalOf(address.high(), address.low(), port, protocol);
        if (reason != DropReason.DESTINATION_NOT_ALLOWED) {
            return reason;
        }
        IpAddress canonical = address.canonical();
        if (!SpecialRanges.contains(address.high(), address.low())
                && !isOwn(address.high(), address.low(), canonical.high(), canonical.low())) {
            String wanted = host.toLowerCase(Locale.ROOT);
            for (HostRule rule : hostRules) {
                if (rule.host.equals(wanted) && rule.ports.allow(port, protocol)) {
                    return null;
                }
            }
        }
        return reason;
    }

    /// An address of this host may itself be of a form that hides IPv4, such as 6to4: so both forms are asked for.
    private boolean isOwn(long high, long low, long canonicalHigh, long canonicalLow) {
        OwnHost own = surroundings.ownHost();
        return own.hasAddress(canonicalHigh, canonicalLow) || own.hasAddress(high, low);
    }

    private static boolean hidesOtherV4(long high, long low) {
        return IpAddress.hidesV4(high, low) && !IpAddress.isV4(high, low);
    }

    private static long canonicalLow(long high, long low) {
        return IpAddress.lowOfV4(IpAddress.hiddenV4(high, low));
    }

    private record Ports(List<PortRange> ranges, boolean udp, boolean tcp) {
        static Ports of(DestinationRule rule) {
            return new Ports(
                    rule.ports(),
                    rule.protocols().contains(Protocol.UDP),
                    rule.protocols().contains(Protocol.TCP));
        }

        boolean allowAny(Protocol protocol) {
            return protocol == Protocol.UDP ? udp : tcp;
        }

        boolean allow(int port, Protocol protocol) {
            if (!allowAny(protocol) || port == 0) {
                return false;
            }
            for (int i = 0; i < ranges.size(); i++) { // by index: an iterator would be an object per packet
                if (ranges.get(i).contains(port)) {
                    return true;
                }
            }
            return false;
        }
    }

    private record Rule(Cidr cidr, Ports ports, boolean opensSpecial, boolean opensOwn) {
        static Rule of(DestinationRule.ToNetwork rule, Openings openings) {
            Cidr cidr = rule.cidr();
            boolean isOneAddress = cidr.equals(Cidr.of(cidr.network()));
            boolean isInsideSpecial = SpecialRanges.enclosing(cidr).isPresent();
            return new Rule(
                    cidr,
                    Ports.of(rule),
                    isInsideSpecial && openings.admitRange(cidr),
                    isOneAddress && openings.admitOwn(cidr));
        }

        /// Whether this rule, which matches, is meant for an address of that kind. `10.0.0.0/8` opens the private
        /// network and not the relay's own address in it; loopback is opened like any special range.
        boolean opens(boolean isSpecial, boolean isOwn, long high, long low) {
            boolean isOwnButLoopback = isOwn && !OwnHost.isLoopback(high, low);
            return (!isSpecial || opensSpecial) && (!isOwnButLoopback || opensOwn);
        }
    }

    private record HostRule(String host, HostAddresses.Addresses addresses, Ports ports) {
        static HostRule of(DestinationRule.ToHost rule, HostAddresses hosts) {
            String host = rule.host().toLowerCase(Locale.ROOT);
            return new HostRule(host, hosts.of(host), Ports.of(rule));
        }
    }
}
