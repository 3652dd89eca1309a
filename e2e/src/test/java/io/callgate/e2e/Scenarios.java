package io.callgate.e2e;

import static io.callgate.e2e.LabSize.SMOKE;
import static io.callgate.e2e.LabSize.WHOLE;
import static io.callgate.e2e.Outcome.BAD_CALL;
import static io.callgate.e2e.Outcome.NO_MEDIA;
import static io.callgate.e2e.Outcome.NO_SIGNALLING;
import static io.callgate.testkit.Firewall.CLOSED;
import static io.callgate.testkit.Firewall.OPEN;
import static io.callgate.testkit.Firewall.TCP443_ONLY;
import static io.callgate.testkit.Firewall.TLS443_ONLY;
import static io.callgate.testkit.Firewall.UDP443_ONLY;
import static io.callgate.testkit.Firewall.UDP_ALLOWLIST;

import io.callgate.e2e.Scenario.Fault;
import io.callgate.e2e.Scenario.Media;
import io.callgate.e2e.Scenario.Relay;
import io.callgate.e2e.Scenario.Signalling;
import io.callgate.testkit.Firewall;
import io.callgate.testkit.Impairment;
import java.time.Duration;
import java.util.List;

/// All rows of the laboratory. Each allowed way is followed by its negative twins: a laboratory that cannot fail
/// proves nothing.
final class Scenarios {
    private static final Impairment SLOW = Impairment.NONE.delayedBy(Duration.ofMillis(60), Duration.ofMillis(10));

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
            callgate(WHOLE, "all on port 443", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT),
            callgate(SMOKE, "signalling by SOCKS5", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.SOCKS5),
            callgate(SMOKE, "SOCKS5 from a network unknown", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.SOCKS5)
                    .failing(Fault.NOT_AMONG_CLIENTS, NO_SIGNALLING),
            callgate(SMOKE, "relay by name", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .byName(),
            callgate(WHOLE, "relay by name without DNS", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .byName()
                    .failing(Fault.NO_NAME_SERVER, NO_SIGNALLING),
            callgate(WHOLE, "SOCKS5 and media on 443", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.SOCKS5),
            callgate(WHOLE, "relay by name, by SOCKS5", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.SOCKS5)
                    .byName(),
            callgate(WHOLE, "all closed, by SOCKS5", CLOSED, Media.TURN_UDP_443, Signalling.SOCKS5)
                    .failing(NO_SIGNALLING),
            // One TCP port, whatever is said on it.
            callgate(SMOKE, "one TCP port", TCP443_ONLY, Media.TURN_TCP_443, Signalling.CONNECT),
            callgate(SMOKE, "one TCP port, media by UDP", TCP443_ONLY, Media.TURN_UDP_443, Signalling.CONNECT)
                    .failing(NO_MEDIA),
            callgate(WHOLE, "one TCP port, wrong TURN password", TCP443_ONLY, Media.TURN_TCP_443, Signalling.CONNECT)
                    .failing(Fault.WRONG_TURN_PASSWORD, NO_MEDIA),
            callgate(WHOLE, "one TCP port, by SOCKS5", TCP443_ONLY, Media.TURN_TCP_443, Signalling.SOCKS5),
            callgate(WHOLE, "one TCP port, media in CONNECT", TCP443_ONLY, Media.TURN_TCP_IN_PROXY, Signalling.CONNECT),
            callgate(
                            WHOLE,
                            "media in CONNECT, wrong password",
                            TCP443_ONLY,
                            Media.TURN_TCP_IN_PROXY,
                            Signalling.CONNECT)
                    .failing(Fault.WRONG_TURN_PASSWORD, NO_MEDIA),
            callgate(WHOLE, "one TCP port, media in SOCKS5", TCP443_ONLY, Media.TURN_TCP_IN_PROXY, Signalling.SOCKS5),
            callgate(WHOLE, "one TCP port, media in TLS", TCP443_ONLY, Media.TURN_TLS_443, Signalling.CONNECT),
            callgate(WHOLE, "media in TLS in CONNECT", TCP443_ONLY, Media.TURN_TLS_IN_PROXY, Signalling.CONNECT),
            callgate(SMOKE, "authority unknown to the browser", TCP443_ONLY, Media.TURN_TLS_443, Signalling.CONNECT)
                    .failing(Fault.UNTRUSTED_AUTHORITY, NO_MEDIA)
                    .saying("701"),
            // The flagship: an inspecting firewall that knows nothing but TLS on one port of one address.
            callgate(SMOKE, "all in TLS", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY),
            callgate(SMOKE, "inspected: plain TURN/TCP", TLS443_ONLY, Media.TURN_TCP_443, Signalling.HTTPS_PROXY)
                    .failing(NO_MEDIA),
            callgate(WHOLE, "inspected: media by UDP", TLS443_ONLY, Media.TURN_UDP_443, Signalling.HTTPS_PROXY)
                    .failing(NO_MEDIA),
            callgate(WHOLE, "inspected: plain CONNECT", TLS443_ONLY, Media.TURN_TLS_443, Signalling.CONNECT)
                    .failing(NO_SIGNALLING),
            callgate(WHOLE, "inspected: plain SOCKS5", TLS443_ONLY, Media.TURN_TLS_443, Signalling.SOCKS5)
                    .failing(NO_SIGNALLING),
            callgate(WHOLE, "all in TLS, wrong TURN password", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY)
                    .failing(Fault.WRONG_TURN_PASSWORD, NO_MEDIA),
            callgate(WHOLE, "all in TLS, wrong proxy password", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY)
                    .failing(Fault.WRONG_PROXY_PASSWORD, NO_SIGNALLING),
            callgate(WHOLE, "HTTPS proxy of unknown authority", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY)
                    .failing(Fault.UNTRUSTED_AUTHORITY, NO_SIGNALLING),
            callgate(WHOLE, "all in TLS, by name", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY)
                    .byName(),
            callgate(WHOLE, "all in the HTTPS proxy", TLS443_ONLY, Media.TURN_TLS_IN_PROXY, Signalling.HTTPS_PROXY),
            // Plain TURN passes the inspection where the proxy's TLS is around it, as Chromium does by itself.
            callgate(
                    WHOLE,
                    "plain TURN in the HTTPS proxy",
                    TLS443_ONLY,
                    Media.TURN_TCP_IN_PROXY,
                    Signalling.HTTPS_PROXY),
            // One UDP port: no browser has signalling over UDP, so it goes by what the company has for the web.
            callgate(SMOKE, "one UDP port", UDP443_ONLY, Media.TURN_UDP_443, Signalling.COMPANY_PROXY),
            callgate(
                            SMOKE,
                            "one UDP port, media on another",
                            UDP443_ONLY,
                            Media.TURN_UDP_3478,
                            Signalling.COMPANY_PROXY)
                    .failing(NO_MEDIA),
            callgate(WHOLE, "one UDP port, media by TCP", UDP443_ONLY, Media.TURN_TCP_443, Signalling.COMPANY_PROXY)
                    .failing(NO_MEDIA),
            callgate(WHOLE, "one UDP port, signalling by TCP", UDP443_ONLY, Media.TURN_UDP_443, Signalling.CONNECT)
                    .failing(NO_SIGNALLING),
            callgate(WHOLE, "one UDP port, wrong password", UDP443_ONLY, Media.TURN_UDP_443, Signalling.COMPANY_PROXY)
                    .failing(Fault.WRONG_TURN_PASSWORD, NO_MEDIA),
            // The company's own HTTP proxy is the only way out.
            callgate(WHOLE, "only a company's proxy", CLOSED, Media.TURN_TLS_IN_PROXY, Signalling.COMPANY_PROXY),
            callgate(WHOLE, "only a company's proxy, by UDP", CLOSED, Media.TURN_UDP_443, Signalling.COMPANY_PROXY)
                    .failing(NO_MEDIA),
            callgate(SMOKE, "on a slow line", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT)
                    .on(SLOW),
            coturn(SMOKE, "through coturn", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT),
            coturn(SMOKE, "wrong password at coturn", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
                    .failing(Fault.WRONG_TURN_PASSWORD, NO_MEDIA),
            coturn(WHOLE, "through coturn, port 443", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT),
            coturn(WHOLE, "coturn: one TCP port", TCP443_ONLY, Media.TURN_TCP_443, Signalling.CONNECT),
            coturn(WHOLE, "coturn: media in CONNECT", TCP443_ONLY, Media.TURN_TCP_IN_PROXY, Signalling.CONNECT),
            coturn(WHOLE, "coturn: unknown authority", TCP443_ONLY, Media.TURN_TLS_443, Signalling.CONNECT)
                    .failing(Fault.UNTRUSTED_AUTHORITY, NO_MEDIA)
                    .saying("701"),
            coturn(WHOLE, "coturn: all in TLS", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY),
            coturn(WHOLE, "coturn: inspected plain TURN/TCP", TLS443_ONLY, Media.TURN_TCP_443, Signalling.HTTPS_PROXY)
                    .failing(NO_MEDIA),
            coturn(
                    WHOLE,
                    "coturn: all in the HTTPS proxy",
                    TLS443_ONLY,
                    Media.TURN_TLS_IN_PROXY,
                    Signalling.HTTPS_PROXY));

    static final Scenario OUTLIVES =
            callgate(WHOLE, "outlives credential and secret", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT);
    static final Scenario OLD_SECRET = callgate(
                    WHOLE, "then TURN with the old secret", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT)
            .failing(NO_MEDIA);
    static final Scenario NEW_SECRET =
            callgate(WHOLE, "then with the new secret", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT);

    /// During these calls the relay is a black hole for some seconds.
    static final List<Scenario> CUT = List.of(
            callgate(WHOLE, "goes on after a cut: UDP", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT),
            callgate(WHOLE, "goes on after a cut: TCP", TCP443_ONLY, Media.TURN_TCP_443, Signalling.CONNECT),
            callgate(WHOLE, "goes on after a cut: TLS", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY));

    static final Scenario BEFORE_LONG_CUT = callgate(
                    WHOLE, "long cut: the call ends", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT)
            .failing(BAD_CALL);
    static final Scenario AFTER_LONG_CUT =
            callgate(WHOLE, "long cut: the next call", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT);

    static final Scenario BEFORE_KILL = callgate(
                    SMOKE, "relay killed: the call ends", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT)
            .failing(BAD_CALL);
    static final Scenario AFTER_RESTART =
            callgate(SMOKE, "relay killed: the next call", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT);

    static final List<Impairment> BAD_LINES = List.of(
            SLOW,
            Impairment.NONE
                    .delayedBy(Duration.ofMillis(20), Duration.ofMillis(5))
                    .losing(1),
            Impairment.NONE
                    .delayedBy(Duration.ofMillis(20), Duration.ofMillis(5))
                    .limitedTo(1_500));
    static final Scenario DIRECT_ON_A_BAD_LINE =
            Scenario.of(WHOLE, "on a bad line: direct", OPEN, Relay.NONE, Media.DIRECT, Signalling.DIRECT);
    static final List<Scenario> ON_A_BAD_LINE = List.of(
            callgate(WHOLE, "on a bad line: UDP", UDP_ALLOWLIST, Media.TURN_UDP_443, Signalling.CONNECT),
            callgate(WHOLE, "on a bad line: TCP", TCP443_ONLY, Media.TURN_TCP_443, Signalling.CONNECT),
            callgate(WHOLE, "on a bad line: TLS", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY));

    /// Each way through our relay, then through coturn, then straight.
    static final List<Scenario> SIDE_BY_SIDE = List.of(
            Scenario.of(WHOLE, "side by side: direct", OPEN, Relay.NONE, Media.DIRECT, Signalling.DIRECT),
            callgate(WHOLE, "side by side: UDP", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT),
            coturn(WHOLE, "side by side: UDP", UDP_ALLOWLIST, Media.TURN_UDP_3478, Signalling.CONNECT),
            callgate(WHOLE, "side by side: TCP", TCP443_ONLY, Media.TURN_TCP_443, Signalling.CONNECT),
            coturn(WHOLE, "side by side: TCP", TCP443_ONLY, Media.TURN_TCP_443, Signalling.CONNECT),
            callgate(WHOLE, "side by side: TLS", TCP443_ONLY, Media.TURN_TLS_443, Signalling.CONNECT),
            coturn(WHOLE, "side by side: TLS", TCP443_ONLY, Media.TURN_TLS_443, Signalling.CONNECT),
            callgate(WHOLE, "side by side: all in TLS", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY),
            coturn(WHOLE, "side by side: all in TLS", TLS443_ONLY, Media.TURN_TLS_443, Signalling.HTTPS_PROXY));

    private Scenarios() {}

    private static Scenario callgate(LabSize size, String name, Firewall firewall, Media media, Signalling signalling) {
        return Scenario.of(size, name, firewall, Relay.CALLGATE, media, signalling);
    }

    private static Scenario coturn(LabSize size, String name, Firewall firewall, Media media, Signalling signalling) {
        return Scenario.of(size, name, firewall, Relay.COTURN, media, signalling);
    }
}
