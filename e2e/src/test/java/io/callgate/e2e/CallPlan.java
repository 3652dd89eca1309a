package io.callgate.e2e;

import io.callgate.model.RelayCredential;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How both participants of a call get through.
///
/// @param relay the TURN server that all media must use; empty for a direct call
record CallPlan(String signallingUrl, BrowserSetup browser, Optional<TurnServer> relay) {
    record TurnServer(String url, String username, String password) {
        static TurnServer of(String url, RelayCredential credential) {
            return new TurnServer(url, credential.username(), credential.password());
        }
    }

    /// What `participant.join` of the page takes.
    Map<String, Object> forParticipant(String name, int room, boolean createsRoom) {
        List<Map<String, String>> iceServers = relay.stream()
                .map(turn -> Map.of("urls", turn.url(), "username", turn.username(), "credential", turn.password()))
                .toList();
        return Map.of(
                "signallingUrl", signallingUrl,
                "iceServers", iceServers,
                "relayOnly", relay.isPresent(),
                "name", name,
                "room", room,
                "createsRoom", createsRoom);
    }
}
