package io.callgate.relay.tunnel;

import io.callgate.model.HostName;
import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.relay.grant.DestinationPolicy;
import io.callgate.relay.grant.DropReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a client wants to go, as it wrote it.
sealed interface Destination {
    /// 0..65535; the policy refuses 0.
    int port();

    /// What the policy says of one address of this destination, now.
    @Nullable
    DropReason refusalOf(DestinationPolicy policy, IpAddress address);

    /// An address: judged as it stands.
    record Literal(IpAddress address, int port) implements Destination {
        @Override
        public @Nullable DropReason refusalOf(DestinationPolicy policy, IpAddress judged) {
            return policy.refusalOf(judged.high(), judged.low(), port, Protocol.TCP);
        }
    }

    /// A name: each address that it resolves to is judged.
    record Named(HostName host, int port) implements Destination {
        @Override
        public @Nullable DropReason refusalOf(DestinationPolicy policy, IpAddress judged) {
            return policy.refusalOfResolved(host.value(), judged, port, Protocol.TCP);
        }
    }

    /// @param host a literal without brackets, or a name
    /// @return empty if it is neither
    static Optional<Destination> of(String host, int port) {
        try {
            return Optional.of(new Literal(IpAddress.parse(host), port));
        } catch (IllegalArgumentException noLiteral) {
            return named(host, port);
        }
    }

    private static Optional<Destination> named(String host, int port) {
        try {
            return Optional.of(new Named(new HostName(host), port));
        } catch (IllegalArgumentException noName) {
            return Optional.empty();
        }
    }

    /// Reads `host:port` of a CONNECT (RFC 9110 §9.3.6: the port is always there), IPv6 in brackets.
    ///
    /// @return empty if it is not of that form
    static Optional<Destination> parseAuthority(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        String digits = text.substring(colon + 1);
        boolean isPort = !digits.isEmpty()
                && digits.length() <= 5
                && digits.chars().allMatch(character -> character >= '0' && character <= '9');
        int port = isPort ? Integer.parseInt(digits) : -1;
        if (port < 1 || port > 65535) {
            return Optional.empty();
        }
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        String bare = isBracketed ? host.substring(1, host.length() - 1) : host;
        // Brackets and colons belong together: neither [name] nor a naked IPv6 address is an authority.
        return isBracketed == bare.contains(":") ? of(bare, port) : Optional.empty();
    }
}
