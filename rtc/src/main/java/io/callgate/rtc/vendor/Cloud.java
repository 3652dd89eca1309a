package io.callgate.rtc.vendor;

import io.callgate.client.CloudProxy;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.TimeSource;
import io.callgate.rtc.RtcEngine;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.RtcService;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The cloud that a facade's calls go to. A vendor's SDK has its vendor's built in; here it is given where
/// Android's SDKs take a `Context`.
///
/// ```java
/// MediaStack media = WebRtcMedia.open(time);
/// Cloud cloud = Cloud.of(time, JanusService.at("wss://sfu.example.com:8989/", time), media)
///         .withEntries("proxy.example.com");
/// ```
///
/// Immutable. Media stack and network monitor stay the app's to close, after the facade.
///
/// @param engines an engine's builder with a service and a media stack
/// @param proxies a cloud proxy's builder with what the facade does not say: trust, store, carrier; no entry
/// @param entries where leases are asked for when the app names no proxy; empty for `callgate.properties`
/// @param services the service at an address, for facades whose API names one
/// @param live the cloud's live streaming, for facades whose API knows such streams
public record Cloud(
        TimeSource time,
        Supplier<RtcEngine.Builder> engines,
        Supplier<CloudProxy.Builder> proxies,
        List<String> entries,
        Optional<NetworkMonitor> network,
        Optional<Function<String, RtcService>> services,
        Optional<RtcService> live) {
    public Cloud {
        entries = List.copyOf(entries);
    }

    public static Cloud of(TimeSource time, RtcService service, MediaStack media) {
        return new Cloud(
                time,
                () -> RtcEngine.builder(time).service(service).media(media),
                () -> CloudProxy.builder(time),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// @param hostsAndPorts as [CloudProxy.Builder#entry] reads them
    public Cloud withEntries(String... hostsAndPorts) {
        return new Cloud(time, engines, proxies, List.of(hostsAndPorts), network, services, live);
    }

    public Cloud withEngines(Supplier<RtcEngine.Builder> supplier) {
        return new Cloud(time, supplier, proxies, entries, network, services, live);
    }

    public Cloud withProxies(Supplier<CloudProxy.Builder> supplier) {
        return new Cloud(time, engines, supplier, entries, network, services, live);
    }

    public Cloud withNetwork(NetworkMonitor monitor) {
        return new Cloud(time, engines, proxies, entries, Optional.of(monitor), services, live);
    }

    public Cloud withServices(Function<String, RtcService> byAddress) {
        return new Cloud(time, engines, proxies, entries, network, Optional.of(byAddress), live);
    }

    public Cloud withLive(RtcService streaming) {
        return new Cloud(time, engines, proxies, entries, network, services, Optional.of(streaming));
    }
}
