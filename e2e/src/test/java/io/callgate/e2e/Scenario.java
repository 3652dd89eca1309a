package io.callgate.e2e;

import io.callgate.testkit.Firewall;
import io.callgate.testkit.Impairment;
import java.util.Locale;

/// One row of the laboratory: what stands in the way, which way the call is to take, what is wrong on purpose, and
/// what must come of it.
///
/// @param cause words that must be in what went wrong; empty for any
record Scenario(
        LabSize size,
        String name,
        Firewall firewall,
        Impairment impairment,
        Relay relay,
        Media media,
        Signalling signalling,
        boolean relayByName,
        Fault fault,
        Outcome expected,
        String cause) {

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
        TURN_UDP_443,
        TURN_TCP_443,
        TURN_TLS_443,
        /// As Chromium does it by itself where it has a proxy: TURN inside CONNECT or SOCKS5.
        TURN_TCP_IN_PROXY,
        TURN_TLS_IN_PROXY;

        String turnUrl(String relayHost) {
            return switch (this) {
                case DIRECT -> throw new IllegalStateException("direct media has no TURN server");
                case TURN_UDP_3478 -> "turn:" + relayHost + ":3478?transport=udp";
                case TURN_UDP_443 -> "turn:" + relayHost + ":443?transport=udp";
                case TURN_TCP_443, TURN_TCP_IN_PROXY -> "turn:" + relayHost + ":443?transport=tcp";
                case TURN_TLS_443, TURN_TLS_IN_PROXY -> "turns:" + relayHost + ":443?transport=tcp";
            };
        }

        boolean isStream() {
            return this != DIRECT && this != TURN_UDP_3478 && this != TURN_UDP_443;
        }

        boolean isInProxy() {
            return this == TURN_TCP_IN_PROXY || this == TURN_TLS_IN_PROXY;
        }

        @Override
        public String toString() {
            return shown(this);
        }
    }

    /// The way that signalling takes; the relay's proxies are on its TCP port 443.
    enum Signalling {
        DIRECT,
        CONNECT,
        SOCKS5,
        /// CONNECT inside TLS, which the browser speaks to the relay.
        HTTPS_PROXY,
        /// Not by the relay at all: by the HTTP proxy that the company has anyway.
        COMPANY_PROXY;

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
        NO_NAME_SERVER,
        /// The browsers do not trust the authority that signed the relay's certificate.
        UNTRUSTED_AUTHORITY
    }

    static Scenario of(LabSize size, String name, Firewall firewall, Relay relay, Media media, Signalling signalling) {
        return new Scenario(
                size,
                name,
                firewall,
                Impairment.NONE,
                relay,
                media,
                signalling,
                false,
                Fault.NONE,
                Outcome.GOOD_CALL,
                "");
    }

    /// The same with the relay addressed by its name instead of its address.
    Scenario byName() {
        return new Scenario(size, name, firewall, impairment, relay, media, signalling, true, fault, expected, cause);
    }

    /// The same on a bad line.
    Scenario on(Impairment badLine) {
        return new Scenario(
                size, name, firewall, badLine, relay, media, signalling, relayByName, fault, expected, cause);
    }

    Scenario failing(Outcome outcome) {
        return failing(fault, outcome);
    }

    Scenario failing(Fault wrong, Outcome outcome) {
        return new Scenario(
                size, name, firewall, impairment, relay, media, signalling, relayByName, wrong, outcome, cause);
    }

    /// The same, and what the browser says of it must contain these words.
    Scenario saying(String words) {
        return new Scenario(
                size, name, firewall, impairment, relay, media, signalling, relayByName, fault, expected, words);
    }

    boolean isMetBy(CallResult result) {
        return result.outcome() == expected && result.why().contains(cause);
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
