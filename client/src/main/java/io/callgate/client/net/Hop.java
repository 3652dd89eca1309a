package io.callgate.client.net;

import java.util.Optional;

/// A proxy on the way: a company's own, or a relay used as one.
public sealed interface Hop {
    HostPort at();

    Optional<Login> login();

    /// HTTP CONNECT (RFC 9110 §9.3.6), with Basic if there is a login.
    ///
    /// @param tls how to encrypt the way to the proxy itself; empty for plain HTTP
    record HttpConnect(HostPort at, Optional<Login> login, Optional<Trust> tls) implements Hop {
        public static HttpConnect plain(HostPort at, Optional<Login> login) {
            return new HttpConnect(at, login, Optional.empty());
        }

        @Override
        public String toString() {
            return (tls.isPresent() ? "HTTPS" : "HTTP") + " proxy " + at;
        }
    }

    /// SOCKS5 CONNECT (RFC 1928), with user name and password (RFC 1929) if there is a login.
    record Socks5(HostPort at, Optional<Login> login) implements Hop {
        @Override
        public String toString() {
            return "SOCKS5 proxy " + at;
        }
    }
}
