package io.callgate.rtc.nertc;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where a private deployment stands. NERTC has an address for each part of its cloud; here the parts are two:
/// the room, and relays, which serve every protocol on one port. The names that have no counterpart (statistics,
/// uploads, configuration) are not here.
public final class NERtcServerAddresses {
    /// The room's service, as [io.callgate.rtc.vendor.Cloud#withServices] takes it; null for the cloud's.
    public @Nullable String roomServer;

    /// The relays, `host` or `host:port`; null for those of the cloud. They are tried in this order.
    public @Nullable String cloudProxyServer;

    public @Nullable String mediaProxyServer;
    public @Nullable String webSocketProxyServer;
    public @Nullable String quicProxyServer;

    /// Those that are given, each once.
    List<String> relays() {
        return Stream.of(cloudProxyServer, mediaProxyServer, webSocketProxyServer, quicProxyServer)
                .filter(Objects::nonNull)
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .distinct()
                .toList();
    }
}
