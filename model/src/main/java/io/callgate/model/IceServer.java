package io.callgate.model;

import java.util.List;

/// One entry of `RTCConfiguration.iceServers`.
public record IceServer(List<String> urls, RelayCredential credential) {
    public IceServer {
        urls = List.copyOf(urls);
    }
}
