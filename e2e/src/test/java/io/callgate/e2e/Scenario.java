package io.callgate.e2e;

import io.callgate.testkit.Firewall;
import java.util.Locale;

/// One row of the laboratory: what stands in the way, which way the call is to take, what is wrong on purpose, and
/// what must come of it.
record Scenario(
        LabSize size,
        String name,
        Firewall firewall,
        Relay relay,
        Media media,
        Signalling signalling,
        boolean relayByName,
        Fault fault,
        Outcome expected) {

    /// What stands in dmz.
    enum Relay {
        NONE,
        CALLGATE,
        COTURN
    }

    /// The way that media takes.
    enum Media {
        DIRECT,
        TURN_UDP_3478,
        TURN_UDP_443;

        String turnUrl(String relayHost) {
            return "turn:" + relayHost + ":" + (this == TURN_UDP_443 ? 443 : 3478) + "?transport=udp";
        }

        @Override
        public String toString() {
            return shown(this);
        }
    }

    /// The way that signalling takes; the proxies are on TCP 443 of the relay.
    enum Signalling {
        DIRECT,
        CONNECT,
        SOCKS5;

        @Override
        public String toString() {
            return shown(this);
        }
    }

    /// What is wrong on purpose.
    enum Fault {
        NONE,
        WRONG_TURN_PASSWORD,
        WRONG_PROXY_PASSWORD,
        /// The TURN credential is good, but of an app that may not reach the cloud.
        TURN_TO_FORBIDDEN_DESTINATION,
        /// The proxy credential is good, but of an app that may not reach the cloud.
        PROXY_TO_FORBIDDEN_DESTINATION,
        /// corp is not among the networks that need no credential for SOCKS5.
        NOT_AMONG_CLIENTS,
        NO_NAME_SERVER
    }

    static Scenario of(LabSize size, String name, Firewall firewall, Relay relay, Media media, Signalling signalling) {
        return new Scenario(size, name, firewall, relay, media, signalling, false, Fault.NONE, Outcome.GOOD_CALL);
    }

    /// The same with the relay addressed by its name instead of its address.
    Scenario byName() {
        return new Scenario(size, name, firewall, relay, media, signalling, true, fault, expected);
    }

    Scenario failing(Outcome outcome) {
        return new Scenario(size, name, firewall, relay, media, signalling, relayByName, fault, outcome);
    }

    Scenario failing(Fault wrong, Outcome outcome) {
        return new Scenario(size, name, firewall, relay, media, signalling, relayByName, wrong, outcome);
    }

    boolean isMetBy(CallResult result) {
        return result.outcome() == expected;
    }

    /// Whether the machine was too busy for this result to say anything. No load makes a forbidden call succeed,
    /// and none makes packets go past the relay.
    boolean isInvalidatedBy(CallResult result) {
        boolean leaked = relay != Relay.NONE && result.straightPackets() > 0;
        return !isMetBy(result) && result.machineWasBusy() && result.outcome() != Outcome.GOOD_CALL && !leaked;
    }

    @Override
    public String toString() {
        return name;
    }

    private static String shown(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
