package io.callgate.rtc.media;

import java.util.List;

/// Where a connection may look for ways: `RTCConfiguration`, as far as it matters here.
///
/// @param servers STUN and TURN
/// @param relayOnly whether every packet of media must go through one of the TURN servers
/// @param udpRelays whether a TURN server may be spoken to by UDP
public record IceSetup(List<Server> servers, boolean relayOnly, boolean udpRelays) {
    /// No server: only addresses of this machine.
    public static final IceSetup HOST_ONLY = new IceSetup(List.of(), false, true);

    public IceSetup {
        servers = List.copyOf(servers);
    }

    /// @param urls as in RFC 7064 and 7065: `stun:…`, `turn:…?transport=udp`
    /// @param username empty for STUN
    public record Server(List<String> urls, String username, String password) {
        public Server {
            urls = List.copyOf(urls);
        }

        /// Without the password.
        @Override
        public String toString() {
            return "Server" + urls;
        }
    }
}
