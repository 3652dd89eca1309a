package io.callgate.control;

import io.callgate.control.store.StoreOptions;
import io.callgate.model.TlsIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// How control runs.
///
/// @param http where its API listens; port 0 is any
/// @param tls empty: plain HTTP, on a loopback address only
public record ControlOptions(StoreOptions store, InetSocketAddress http, Optional<TlsIdentity> tls) {
    public ControlOptions {
        if (tls.isEmpty() && !http.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "plain HTTP on " + http.getAddress().getHostAddress()
                            + " would show tokens and secrets to the network; give control a certificate");
        }
    }

    /// Without TLS.
    public ControlOptions(StoreOptions store, InetSocketAddress http) {
        this(store, http, Optional.empty());
    }

    /// On loopback only: whoever else is to reach it is told so on purpose.
    public static ControlOptions onLoopback(StoreOptions store, int port) {
        return new ControlOptions(
                store, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Optional.empty());
    }
}
