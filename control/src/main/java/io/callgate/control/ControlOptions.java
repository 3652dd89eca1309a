package io.callgate.control;

import io.callgate.control.store.StoreOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// How control runs.
///
/// @param http where its API listens; port 0 is any
public record ControlOptions(StoreOptions store, InetSocketAddress http) {
    /// On loopback only: whoever else is to reach it is told so on purpose.
    public static ControlOptions onLoopback(StoreOptions store, int port) {
        return new ControlOptions(store, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
}
