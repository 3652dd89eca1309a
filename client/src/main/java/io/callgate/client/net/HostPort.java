package io.callgate.client.net;

import io.callgate.model.HostName;
import io.callgate.model.IpAddress;

/// A host, by name or address, and a port. A name is resolved by whoever is last to dial it: a proxy, if there is
/// one.
///
/// @param host a name in lower case, or an address literal without brackets
/// @param port 1..65535
public record HostPort(String host, int port) {
    public HostPort {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " of " + host + ": a port is within 1 to 65535");
        }
        host = isAddress(host) ? IpAddress.parse(host).toString() : new HostName(host).value();
    }

    /// Reads `relay.example.com`, `relay.example.com:8443`, `203.0.113.7:443`, `2001:db8::1`, `[2001:db8::1]:443`.
    ///
    /// @throws IllegalArgumentException for anything else; the message has the text
    public static HostPort parse(String text, int defaultPort) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end < 0) {
                throw new IllegalArgumentException("\"" + text + "\": no ] after the address");
            }
            String rest = text.substring(end + 1);
            String host = text.substring(1, end);
            if (rest.isEmpty()) {
                return new HostPort(host, defaultPort);
            }
            if (rest.charAt(0) != ':') {
                throw new IllegalArgumentException("\"" + text + "\": want [address]:port");
            }
            return new HostPort(host, port(rest.substring(1), text));
        }
        int colon = text.indexOf(':');
        boolean hasPort = colon >= 0 && colon == text.lastIndexOf(':');
        return hasPort
                ? new HostPort(text.substring(0, colon), port(text.substring(colon + 1), text))
                : new HostPort(text, defaultPort);
    }

    public boolean isAddress() {
        return isAddress(host);
    }

    private static boolean isAddress(String host) {
        boolean dottedDigits = !host.isEmpty() && host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        return dottedDigits || host.indexOf(':') >= 0;
    }

    private static int port(String digits, String whole) {
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("\"" + whole + "\": want host:port with a port of digits");
        }
        return Integer.parseInt(digits);
    }

    /// `host:port`, IPv6 in brackets.
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
