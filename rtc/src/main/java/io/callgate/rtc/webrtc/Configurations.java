package io.callgate.rtc.webrtc;

import dev.onvoid.webrtc.PortAllocatorConfig;
import dev.onvoid.webrtc.RTCBundlePolicy;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCIceServer;
import dev.onvoid.webrtc.RTCIceTransportPolicy;
import io.callgate.rtc.media.IceSetup;

/// An [IceSetup] as libwebrtc takes it.
final class Configurations {
    private Configurations() {}

    static RTCConfiguration of(IceSetup ice) {
        RTCConfiguration configuration = new RTCConfiguration();
        configuration.bundlePolicy = RTCBundlePolicy.MAX_BUNDLE;
        configuration.iceTransportPolicy = ice.relayOnly() ? RTCIceTransportPolicy.RELAY : RTCIceTransportPolicy.ALL;
        for (IceSetup.Server server : ice.servers()) {
            RTCIceServer peer = new RTCIceServer();
            peer.urls.addAll(server.urls());
            peer.username = server.username();
            peer.password = server.password();
            configuration.iceServers.add(peer);
        }
        PortAllocatorConfig ports = new PortAllocatorConfig();
        if (ice.relayOnly() && !ice.udpRelays()) {
            ports.setDisableUdpRelay(true);
        }
        configuration.portAllocatorConfig = ports;
        return configuration;
    }
}
