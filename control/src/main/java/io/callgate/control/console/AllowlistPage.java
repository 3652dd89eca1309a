package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.group;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistEntry;
import io.callgate.model.AllowlistFormat;
import io.callgate.model.AllowlistJson;
import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import io.callgate.model.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What the firewall of an app's clients must open: to read, to download in every form, and what has changed.
final class AllowlistPage {
    private static final String PATH = "/allowlist";

    private final AppChoice apps;

    AllowlistPage(AppChoice apps) {
        this.apps = apps;
    }

    void show(Visit visit) {
        show(visit, 200, Optional.empty());
    }

    /// The steps from one signing key to another (decision 0100).
    void act(Visit visit) {
        Outcome outcome = switch (visit.typed("do").orElse("")) {
            case "add-key" -> visit.operate("addAllowlistKey", Map.of());
            case "promote-key" -> visit.operate("promoteAllowlistKey", Map.of());
            case "remove-key" -> visit.operate("removeAllowlistKey", Map.of());
            default -> Outcome.unknownForm(visit.say("That form is not known.", "未知的表单。"));
        };
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem());
        } else {
            visit.redirect(PATH);
        }
    }

    private void show(Visit visit, int status, Optional<String> problem) {
        Optional<AppId> app = apps.of(visit);
        Optional<Outcome> found = app.map(id -> visit.operate("readAllowlist", Map.of("appId", id.value())))
                .filter(outcome -> outcome.problem().isEmpty());
        if (app.isEmpty() || found.isEmpty()) {
            none(visit);
            return;
        }
        Allowlist allowlist = AllowlistJson.read(found.get().body());
        String title = visit.say("Allowlist of ", "放行清单：") + app.get();
        visit.answer(
                status,
                Frame.page(
                        visit,
                        PATH,
                        title,
                        Frame.problem(problem),
                        apps.form(visit, PATH, app.get()),
                        el(
                                "section",
                                css("card"),
                                el("h2", visit.say("Version ", "版本 ") + allowlist.version()),
                                el(
                                        "p",
                                        css("quiet"),
                                        visit.say("Issued ", "签发于 "),
                                        visit.time(allowlist.issuedAt()),
                                        visit.say(
                                                ". It changes when relay addresses do, never with the media servers"
                                                        + " behind them.",
                                                "。仅在中继地址变化时更新，与其后的媒体服务器无关。")),
                                entries(visit, allowlist.entries()),
                                downloads(visit, app.get())),
                        el(
                                "div",
                                css("columns"),
                                versions(visit, app.get()),
                                el("div", reach(visit, app.get()), key(visit)))));
    }

    /// One form of it, as a file.
    void download(Visit visit) {
        Optional<AppId> app = apps.of(visit);
        Optional<AllowlistFormat> format = visit.typed("format")
                .flatMap(name -> Stream.of(AllowlistFormat.values())
                        .filter(known -> known.lowerCase().equals(name))
                        .findFirst());
        Optional<Outcome> found = app.map(id -> visit.operate("readAllowlist", Map.of("appId", id.value())))
                .filter(outcome -> outcome.problem().isEmpty());
        if (found.isEmpty() || format.isEmpty()) {
            none(visit);
            return;
        }
        String name = "callgate-allowlist-" + app.map(AppId::value).orElse("");
        if (format.get() == AllowlistFormat.JSON) { // as it is signed
            visit.download(
                    "application/json", name + ".json", found.get().body().toString() + "\n");
        } else {
            visit.download(
                    "text/plain; charset=utf-8",
                    name + "."
                            + (format.get() == AllowlistFormat.CSV
                                    ? "csv"
                                    : format.get().lowerCase() + ".txt"),
                    format.get().render(AllowlistJson.read(found.get().body())));
        }
    }

    private static void none(Visit visit) {
        visit.answer(
                404,
                Frame.page(
                        visit,
                        PATH,
                        visit.say("Allowlist", "放行清单"),
                        el("p", css("empty"), visit.say("There is no such app or form.", "没有这个应用或格式。"))));
    }

    private static Html entries(Visit visit, List<AllowlistEntry> entries) {
        Table table = new Table(
                visit.say("Address", "地址"),
                visit.say("Ports", "端口"),
                visit.say("Protocol", "协议"),
                visit.say("Purpose", "用途"),
                visit.say("Region", "区域"),
                visit.say("Valid from", "生效时间"),
                visit.say("Until", "失效时间"));
        for (AllowlistEntry entry : entries) {
            table.row(
                    el("code", entry.target()),
                    entry.ports().toString(),
                    entry.protocol().lowerCase(),
                    entry.purpose(),
                    entry.region().map(Region::value).orElse(""),
                    entry.validFrom().isAfter(visit.now())
                            ? el(
                                    "span",
                                    visit.time(entry.validFrom()),
                                    el("span", css("tag"), visit.say("announced", "已预告")))
                            : visit.time(entry.validFrom()),
                    entry.validUntil().<Object>map(visit::time).orElse("–"));
        }
        return table.orElse(visit.say("Nothing to open yet: its pools have no address.", "暂无：其中继池没有地址。"));
    }

    private static Html downloads(Visit visit, AppId app) {
        List<Html> links = new ArrayList<>();
        for (AllowlistFormat format : AllowlistFormat.values()) {
            links.add(el(
                    "a",
                    css("button second small"),
                    at("href", "/allowlist.file?app=" + Visit.encoded(app.value()) + "&format=" + format.lowerCase()),
                    at("download", ""),
                    format.lowerCase()));
        }
        return el("div", css("buttons"), at("role", "group"), at("aria-label", visit.say("Downloads", "下载")), links);
    }

    private static Html versions(Visit visit, AppId app) {
        Outcome listed = visit.operate("listAllowlistVersions", Map.of("appId", app.value()));
        Table table =
                new Table(visit.say("Version", "版本"), visit.say("Issued", "签发时间"), visit.say("Changes since", "此后变化"));
        if (listed.problem().isEmpty()) {
            for (JsonNode version : listed.body().get("items")) {
                String number = version.get("version").asString();
                table.row(
                        number,
                        version.get("issuedAt").asString(),
                        el(
                                "a",
                                at("href", PATH + "?app=" + Visit.encoded(app.value()) + "&since=" + number),
                                at("aria-label", visit.say("Changes since version ", "变化，自版本 ") + number),
                                visit.say("Show", "查看")));
            }
        }
        return el(
                "section",
                css("card"),
                el("h2", visit.say("What changed", "变更")),
                changes(visit, app),
                table.orElse(visit.say("No version yet.", "尚无版本。")));
    }

    private static Html changes(Visit visit, AppId app) {
        Optional<String> since = visit.typed("since");
        if (since.isEmpty()) {
            return Html.nothing();
        }
        Outcome outcome = visit.operate("readAllowlistChanges", Map.of("appId", app.value(), "since", since.get()));
        if (outcome.problem().isPresent()) {
            return Frame.problem(outcome.problem());
        }
        Allowlist.Changes changes = AllowlistJson.readChanges(outcome.body());
        Table table = new Table(visit.say("Since version ", "自版本 ") + changes.from(), visit.say("Entry", "条目"));
        changes.added().forEach(entry -> table.row(visit.say("open", "放行"), el("code", line(entry))));
        changes.removed().forEach(entry -> table.row(visit.say("may be closed", "可关闭"), el("code", line(entry))));
        return table.orElse(visit.say(
                "Nothing changed since version " + changes.from() + ".", "自版本 " + changes.from() + " 以来没有变化。"));
    }

    private static String line(AllowlistEntry entry) {
        return entry.target() + " " + entry.protocol().lowerCase() + " " + entry.ports();
    }

    /// Which addresses the clients' networks have used: whose firewall lags behind.
    private static Html reach(Visit visit, AppId app) {
        Outcome outcome = visit.operate("listReach", Map.of("appId", app.value()));
        if (outcome.problem().isPresent()) {
            return Html.nothing();
        }
        Table table = new Table(visit.say("Address", "地址"), visit.say("Networks that reached it", "已到达的网络"));
        for (JsonNode address : outcome.body().get("items")) {
            table.row(
                    el("code", place(address)),
                    group(
                            address.get("reached").asLong() + " / "
                                    + address.get("sites").asLong(),
                            missing(visit, address)));
        }
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Who reaches what", "到达情况")),
                table.orElse(visit.say("No address with a relay yet.", "尚无已部署中继的地址。")));
    }

    /// Whose administrator is to be called.
    private static Html missing(Visit visit, JsonNode address) {
        long missing = address.get("sites").asLong() - address.get("reached").asLong();
        if (missing <= 0) {
            return Html.nothing();
        }
        return el(
                "details",
                el(
                        "summary",
                        visit.say(
                                missing + " of your sites " + (missing == 1 ? "has" : "have") + " never reached it",
                                "有 " + missing + " 个站点从未到达该地址")),
                el(
                        "ul",
                        address.get("missing")
                                .valueStream()
                                .map(site -> el("li", el("code", site.asString())))
                                .toList()));
    }

    /// One address without its prefix length, as people write it.
    private static String place(JsonNode address) {
        Cidr cidr = Cidr.parse(address.get("address").asString());
        boolean isOne = cidr.prefixBits() == (cidr.network().isV4() ? 32 : 128);
        return (isOne ? cidr.network().bracketed() : cidr.toString()) + ":"
                + address.get("ports").asString();
    }

    private static Html key(Visit visit) {
        Outcome keys = visit.operate("readAllowlistKey", Map.of(), JsonNodeFactory.instance.objectNode());
        Optional<String> other = keys.body().path("otherKey").asStringOpt();
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Whose signature it has", "签名公钥")),
                el(
                        "p",
                        css("quiet"),
                        visit.say(
                                "The JSON form is signed with the Ed25519 key whose public half is this.",
                                "JSON 格式带有 Ed25519 签名，公钥如下。")),
                keys.problem().isEmpty()
                        ? el("p", el("code", keys.body().get("key").asString()))
                        : Html.nothing(),
                other.isEmpty()
                        ? Html.nothing()
                        : group(
                                el(
                                        "p",
                                        css("quiet"),
                                        visit.say(
                                                "And with this one, while everybody moves from one to the other:",
                                                "更换密钥期间，同时以此密钥签名：")),
                                el("p", el("code", other.get()))),
                visit.isOperator() ? keyButtons(visit, other.isPresent()) : Html.nothing());
    }

    private static Html keyButtons(Visit visit, boolean hasOther) {
        return el(
                "div",
                css("buttons"),
                hasOther
                        ? group(
                                button(
                                        visit,
                                        "promote-key",
                                        visit.say("Let the other sign first", "改由另一密钥优先签名"),
                                        "small second",
                                        ""),
                                button(
                                        visit,
                                        "remove-key",
                                        visit.say("Remove the other key", "移除另一密钥"),
                                        "small danger",
                                        visit.say(
                                                "Who trusts that key alone believes no list any more. Remove it?",
                                                "仅信任该密钥者将不再信任任何清单。移除？")))
                        : button(
                                visit,
                                "add-key",
                                visit.say("Sign with another key too", "增加另一签名密钥"),
                                "small second",
                                ""));
    }

    private static Html button(Visit visit, String action, String text, String kind, String question) {
        return visit.form(
                PATH,
                question.isEmpty() ? Html.nothing() : at("data-sure", question),
                el("button", css(kind), at("name", "do"), at("value", action), text));
    }
}
