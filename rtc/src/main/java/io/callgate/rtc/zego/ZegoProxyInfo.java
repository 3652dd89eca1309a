package io.callgate.rtc.zego;

import org.jspecify.annotations.Nullable;

/// One proxy: of the cloud, or of the customer's own.
public final class ZegoProxyInfo {
    /// Either this or a host name will do; this counts if both are given.
    public @Nullable String ip;

    public int port;
    public @Nullable String hostName;

    /// For a local proxy; a cloud proxy leaves it aside.
    public @Nullable String userName;

    public @Nullable String password;

    /// The host that counts; empty if there is none.
    String host() {
        if (ip != null && !ip.isBlank()) {
            return ip.strip();
        }
        return hostName == null ? "" : hostName.strip();
    }
}
