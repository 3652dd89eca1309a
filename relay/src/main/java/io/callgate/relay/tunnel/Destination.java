package io.callgate.relay.tunnel;

import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.relay.grant.DestinationPolicy;
import io.callgate.relay.grant.DropReason;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
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
    ///
    /// @param host lower case, without a final dot
    record Named(String host, int port) implements Destination {
        // RFC 1123 §2.1, and the underscore that the DNS allows and some names have.
        private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
        private static final int LONGEST = 253;

        @Override
        public @Nullable DropReason refusalOf(DestinationPolicy policy, IpAddress judged) {
            return policy.refusalOfResolved(host, judged, port, Protocol.TCP);
        }

        static boolean isName(String text) {
            if (text.length() > LONGEST) {
                return false;
            }
            String[] labels = text.split("\\.", -1);
            for (String label : labels) {
                if (!LABEL.matcher(label).matches()) {
                    return false;
                }
            }
            // RFC 3696 §2: the last label is never a number. 127.1, 0x7f.1 and 2130706433 are addresses to some
            // resolvers, so they are neither to us.
            String last = labels[labels.length - 1];
            return !Character.isDigit(last.charAt(0));
        }
    }

    /// @param host a literal without brackets, or a name
    /// @return empty if it is neither
    static Optional<Destination> of(String host, int port) {
        try {
            return Optional.of(new Literal(IpAddress.parse(host), port));
        } catch (IllegalArgumentException noLiteral) {
            String name = host.toLowerCase(Locale.ROOT);
            if (name.endsWith(".")) {
                name = name.substring(0, name.length() - 1);
            }
            return Named.isName(name) ? Optional.of(new Named(name, port)) : Optional.empty();
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
