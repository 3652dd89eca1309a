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
                snippet(
                        visit.say("A browser", "浏览器"),
                        "const lease = await (await fetch(\"https://" + entry + "/v1/leases\", {\n"
                                + "  method: \"POST\",\n"
                                + "  headers: {\"Authorization\":"
                                + " \"Bearer \" + TOKEN,"
                                + " \"Content-Type\":"
                                + " \"application/json\"},\n"
                                + "  body: JSON.stringify({uid:"
                                + " \"alice\"}),\n"
                                + "})).json();\n"
                                + "new RTCPeerConnection({iceServers:"
                                + " lease.iceServers,"
                                + " iceTransportPolicy: \"relay\"});"),
                snippet(
                        visit.say("The SDK (Java, Android)", "SDK（Java、Android）"),
                        "CloudProxy proxy = CloudProxy.builder(time)\n"
                                + "    .entry(\"" + entry + "\").uid(\"alice\").token(() -> TOKEN).build();\n"
                                + "proxy.start();"),
                snippet(
                        "Agora",
                        "engine.setParameters(\"{\\\"rtc.enable_proxy\\\":true}\");\n"
                                + "engine.setParameters(\"{\\\"rtc.proxy_server\\\":[1, \\\"" + host() + "\\\", "
                                + port()
                                + "]}\");"),
                snippet("NERTC", "engine.setCloudProxy(1);  // NERtcTransportTypeUDPProxy; 0 turns it off"),
                snippet(
                        "ZEGO",
                        "ZegoProxyInfo proxy = new ZegoProxyInfo();\n"
                                + "proxy.hostName = \"" + host() + "\";\n"
                                + "proxy.port = " + port() + ";\n"
                                + "ZegoExpressEngine.setCloudProxyConfig(new"
                                + " ArrayList<>(List.of(proxy)), TOKEN, true);"),
                el(
                        "p",
                        css("quiet"),
                        visit.say(
                                "The last three are the vendors' own calls; they want the facade of that SDK.",
                                "后三种是各厂商自己的调用方式，需要对应 SDK 的兼容层。")));
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
