package io.callgate.control.console;

/// What an app's developer copies: to get through from a browser, by the SDK, and by the vendors' names for it.
final class Snippets {
    private final String app;
    private final String entry;

    Snippets(AppFacts facts) {
        this.app = facts.app().id().value();
        this.entry = facts.entries().stream().findFirst().orElse("proxy.example.com:443");
    }

    /// A page of the app's own: browsers do not let it ask a relay, so its server does.
    String browser() {
        return """
            // The app's server asks for a lease, and answers the page with it:
            //   curl https://%s/v1/leases -H "Authorization: Bearer $TOKEN" \\
            //     -H "Content-Type: application/json" -d '{"uid": "alice"}'
            const {iceServers} = await (await fetch("/lease")).json();
            const connection = new RTCPeerConnection({iceServers, iceTransportPolicy: "relay"});\
            """.formatted(entry);
    }

    String sdk() {
        return """
            // time: a TimeSource, as in examples/
            CloudProxy proxy = CloudProxy.builder(time)
                .entry("%s").uid("alice").token(() -> TOKEN).build();
            proxy.start();\
            """.formatted(entry);
    }

    String agora() {
        return cloud() + """
            RtcEngine engine = RtcEngine.create(cloud, "%s", handler);
            engine.setParameters("{\\"rtc.enable_proxy\\":true}");
            engine.setParameters("{\\"rtc.proxy_server\\":[1, \\"%s\\", %s]}");
            engine.joinChannel(TOKEN, "room", "", 1001);\
            """.formatted(app, host(), port());
    }

    String nertc() {
        return cloud() + """
            NERtcEx engine = NERtcEx.getInstance();
            engine.init(cloud, "%s", callback, null);
            engine.setCloudProxy(NERtcConstants.TransportType.UDP_PROXY);
            engine.joinChannel(TOKEN, "room", 1001);\
            """.formatted(app);
    }

    String zego() {
        return """
            ZegoProxyInfo proxy = new ZegoProxyInfo();
            proxy.hostName = "%s";
            proxy.port = %s;
            ZegoExpressEngine.setCloudProxyConfig(List.of(proxy), TOKEN, true);\
            """.formatted(host(), port());
    }

    private String cloud() {
        return """
            // service: the rooms, as JanusService; media: WebRtcMedia
            Cloud cloud = Cloud.of(time, service, media).withEntries("%s");
            """.formatted(entry);
    }

    private String host() {
        return entry.substring(0, entry.lastIndexOf(':')).replace("[", "").replace("]", "");
    }

    private String port() {
        return entry.substring(entry.lastIndexOf(':') + 1);
    }
}
