package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;

import java.util.List;

/// What an app's developer copies: to get through from a browser, by the SDK, and by the vendors' names for it.
final class Snippets {
    private final Visit visit;
    private final String app;
    private final String entry;

    Snippets(Visit visit, AppFacts facts) {
        this.visit = visit;
        this.app = facts.app().id().value();
        List<String> entries = facts.entries();
        this.entry = entries.isEmpty() ? "proxy.example.com:443" : entries.getFirst();
    }

    Html section() {
        return el(
                "section",
                css("card"),
                el("h2", visit.say("For its developer", "给开发者")),
                el(
                        "p",
                        css("quiet"),
                        visit.say(
                                "TOKEN is a JWT (HS256) that the app's server signs with a token secret: iss “" + app
                                        + "”, sub the user, exp.",
                                "TOKEN 是应用服务器用令牌密钥签名的 JWT（HS256）：iss 为“" + app + "”，sub 为用户，exp 为到期时间。")),
                snippet(visit.say("A browser", "浏览器"), browser()),
                snippet(visit.say("The SDK (Java, Android)", "SDK（Java、Android）"), """
                    // time: a TimeSource, as in examples/
                    CloudProxy proxy = CloudProxy.builder(time)
                        .entry("%s").uid("alice").token(() -> TOKEN).build();
                    proxy.start();\
                    """.formatted(entry)),
                snippet("Agora", cloud() + """
                    RtcEngine engine = RtcEngine.create(cloud, "%s", handler);
                    engine.setParameters("{\\"rtc.enable_proxy\\":true}");
                    engine.setParameters("{\\"rtc.proxy_server\\":[1, \\"%s\\", %s]}");
                    engine.joinChannel(TOKEN, "room", "", 1001);\
                    """.formatted(app, host(), port())),
                snippet("NERTC", cloud() + """
                    NERtcEx engine = NERtcEx.getInstance();
                    engine.init(cloud, "%s", callback, null);
                    engine.setCloudProxy(NERtcConstants.TransportType.UDP_PROXY);
                    engine.joinChannel(TOKEN, "room", 1001);\
                    """.formatted(app)),
                snippet("ZEGO", """
                    ZegoProxyInfo proxy = new ZegoProxyInfo();
                    proxy.hostName = "%s";
                    proxy.port = %s;
                    ZegoExpressEngine.setCloudProxyConfig(List.of(proxy), TOKEN, true);\
                    """.formatted(host(), port())),
                el(
                        "p",
                        css("quiet"),
                        visit.say(
                                "The last three are the vendors' calls as Callgate has them in Java:"
                                        + " io.callgate.rtc.agora, nertc and zego.",
                                "后三种为各厂商的调用方式，由 Callgate 的 Java 兼容层提供：io.callgate.rtc.agora、nertc、zego。")));
    }

    /// A page of the app's own: browsers do not let it ask a relay, so its server does.
    private String browser() {
        return """
            // The app's server asks for a lease, and answers the page with it:
            //   curl https://%s/v1/leases -H "Authorization: Bearer $TOKEN" \\
            //     -H "Content-Type: application/json" -d '{"uid": "alice"}'
            const {iceServers} = await (await fetch("/lease")).json();
            const connection = new RTCPeerConnection({iceServers, iceTransportPolicy: "relay"});\
            """.formatted(entry);
    }

    private String cloud() {
        return """
            // service: the rooms, as JanusService; media: WebRtcMedia
            Cloud cloud = Cloud.of(time, service, media).withEntries("%s");
            """.formatted(entry);
    }

    private static Html snippet(String title, String code) {
        return el("details", el("summary", title), el("pre", at("tabindex", "0"), at("aria-label", title), code));
    }

    private String host() {
        return entry.substring(0, entry.lastIndexOf(':')).replace("[", "").replace("]", "");
    }

    private String port() {
        return entry.substring(entry.lastIndexOf(':') + 1);
    }
}
