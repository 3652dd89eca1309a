package io.callgate.relay.link;

import io.callgate.model.IpAddress;
import io.callgate.model.Secret;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// How a relay reaches control, and as whom.
///
/// @param urls of control's nodes, at least one; the next is asked when one does not answer. `http` only to a
///     loopback address: secrets pass through
/// @param joinToken lets the relay in once; not needed by one that is in
/// @param name of the relay in the fleet, for people
/// @param authorities who vouch for control's certificate; empty: those that this machine trusts
/// @param pin base64 of the SHA-256 of the public key of control's certificate; decides alone, whatever name it
///     has
/// @param software what this is, for people
public record LinkOptions(
        List<URI> urls,
        Optional<Secret> joinToken,
        String name,
        List<X509Certificate> authorities,
        Optional<String> pin,
        String software,
        LinkMemory memory) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern PIN = Pattern.compile("[A-Za-z0-9+/]{43}=");

    public LinkOptions {
        urls = List.copyOf(urls);
        authorities = List.copyOf(authorities);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("no URL of control");
        }
        urls.forEach(LinkOptions::checkUrl);
        checkName(name);
        pin.ifPresent(LinkOptions::checkPin);
    }

    /// For a relay beside its control, in one process or on one machine.
    ///
    /// @param port of control's API on 127.0.0.1
    public static LinkOptions onLoopback(int port, Secret joinToken, String name, LinkMemory memory) {
        return new LinkOptions(
                List.of(URI.create("http://127.0.0.1:" + port)),
                Optional.of(joinToken),
                name,
                List.of(),
                Optional.empty(),
                "callgate",
                memory);
    }

    /// @throws IllegalArgumentException unless it is `https`, or `http` to a loopback address
    public static void checkUrl(URI url) {
        boolean isWhole = url.getHost() != null
                && url.getUserInfo() == null
                && url.getQuery() == null
                && url.getFragment() == null;
        if (isWhole && "https".equals(url.getScheme())) {
            return;
        }
        if (isWhole && "http".equals(url.getScheme())) {
            if (isLoopback(url.getHost())) {
                return;
            }
            throw new IllegalArgumentException("\"" + url
                    + "\": secrets pass through here; want https, or http to a loopback address such as 127.0.0.1");
        }
        throw new IllegalArgumentException("\"" + url + "\": want https://HOST[:PORT]");
    }

    /// @throws IllegalArgumentException unless it may name a relay
    public static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name \"" + name + "\": want 1 to 64 letters, digits, dots, underscores and hyphens");
        }
    }

    /// @throws IllegalArgumentException unless it is one
    public static void checkPin(String pin) {
        if (!PIN.matcher(pin).matches()) {
            throw new IllegalArgumentException(
                    "pin \"" + pin + "\": want the base64 of the SHA-256 of a public key, 44 characters");
        }
    }

    private static boolean isLoopback(String host) {
        String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        try {
            return IpAddress.parse(literal).toInetAddress().isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false; // a name may lead anywhere
        }
    }
}
