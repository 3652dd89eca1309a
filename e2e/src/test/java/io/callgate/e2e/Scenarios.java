package io.callgate.e2e;

import static io.callgate.e2e.LabSize.SMOKE;
import static io.callgate.e2e.LabSize.WHOLE;
import static io.callgate.e2e.Outcome.NO_MEDIA;
import static io.callgate.e2e.Outcome.NO_SIGNALLING;
import static io.callgate.testkit.Firewall.CLOSED;
import static io.callgate.testkit.Firewall.OPEN;
import static io.callgate.testkit.Firewall.UDP_ALLOWLIST;

import io.callgate.e2e.Scenario.Fault;
import io.callgate.e2e.Scenario.Media;
import io.callgate.e2e.Scenario.Relay;
import io.callgate.e2e.Scenario.Signalling;
import io.callgate.testkit.Firewall;
import java.util.List;

/// All rows of the laboratory. Each allowed way is followed by its negative twins: a laboratory that cannot fail
/// proves nothing.
final class Scenarios {
    static final List<Scenario> ALL = List.of(
            Scenario.of(SMOKE, "direct, nothing in the way", OPEN, Relay.NONE, Media.DIRECT, Signalling.DIRECT),
            Scenario.of(SMOKE, "direct, with the firewall", UDP_ALLOWLIST, Relay.NONE, Media.DIRECT, Signalling.DIRECT)
                    .failing(NO_SIGNALLING),
            callgate(SMOKE, "through the relay", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT),
            callgate(SMOKE, "all closed", CLOSED, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .failing(NO_SIGNALLING),
            callgate(SMOKE, "wrong TURN password", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .failing(Fault.WRONG_TURN_PASSWORD, NO_MEDIA),
            callgate(SMOKE, "wrong proxy password", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .failing(Fault.WRONG_PROXY_PASSWORD, NO_SIGNALLING),
            callgate(SMOKE, "media to a forbidden destination", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .failing(Fault.TURN_TO_FORBIDDEN_DESTINATION, NO_MEDIA),
            callgate(SMOKE, "signalling to a forbidden one", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .failing(Fault.PROXY_TO_FORBIDDEN_DESTINATION, NO_SIGNALLING),
            callgate(SMOKE, "all on port 443", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT),
            callgate(SMOKE, "signalling by SOCKS5", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.SOCKS5),
            callgate(SMOKE, "SOCKS5 from a network unknown", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.SOCKS5)
                    .failing(Fault.NOT_AMONG_CLIENTS, NO_SIGNALLING),
            callgate(SMOKE, "relay by name", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .byName(),
            callgate(SMOKE, "relay by name without DNS", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .byName()
                    .failing(Fault.NO_NAME_SERVER, NO_SIGNALLING),
            coturn(SMOKE, "through coturn", Media.TURN_UDP_3478),
            coturn(SMOKE, "wrong password at coturn", Media.TURN_UDP_3478).failing(Fault.WRONG_TURN_PASSWORD, NO_MEDIA),
            coturn(WHOLE, "through coturn, port 443", Media.TURN_UDP_443),
            callgate(WHOLE, "SOCKS5 and media on 443", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.SOCKS5),
            callgate(WHOLE, "relay by name, by SOCKS5", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.SOCKS5)
                    .byName(),
            callgate(WHOLE, "all closed, by SOCKS5", CLOSED, Media.TURN_UDP_443, Signalling.SOCKS5)
                    .failing(NO_SIGNALLING));

    static final Scenario OUTLIVES =
            callgate(WHOLE, "outlives credential and secret", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT);
    static final Scenario OLD_SECRET = callgate(
                    WHOLE, "then TURN with the old secret", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
            .failing(NO_MEDIA);
    static final Scenario NEW_SECRET =
            callgate(WHOLE, "then with the new secret", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT);

    static final List<Scenario> SIDE_BY_SIDE = List.of(
            Scenario.of(WHOLE, "side by side: direct", OPEN, Relay.NONE, Media.DIRECT, Signalling.DIRECT),
            callgate(WHOLE, "side by side: the relay", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT),
            coturn(WHOLE, "side by side: coturn", Media.TURN_UDP_3478));

    private Scenarios() {}

    private static Scenario callgate(LabSize size, String name, Firewall firewall, Media media, Signalling signalling) {
        return Scenario.of(size, name, firewall, Relay.CALLGATE, media, signalling);
    }

    private static Scenario coturn(LabSize size, String name, Media media) {
        return Scenario.of(size, name, UDP_ALLOWLIST, Relay.COTURN, media, Signalling.CONNECT);
    }
}
