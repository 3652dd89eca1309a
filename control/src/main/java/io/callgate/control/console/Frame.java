package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;
import static io.callgate.control.console.Html.group;

import io.callgate.control.store.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What all pages have around what they show.
final class Frame {
    private Frame() {}

    /// A page of somebody who is signed in.
    ///
    /// @param place the path of the page in the navigation that this one belongs to
    static Html page(Visit visit, String place, String title, Object... parts) {
        return html(
                visit.language(),
                title,
                // Without script the overview moves in steps.
                place.equals("/")
                        ? el("noscript", el("meta", at("http-equiv", "refresh"), at("content", "10")))
                        : Html.nothing(),
                group(
                        el("a", css("skip"), at("href", "#main"), visit.say("Skip to the content", "跳到内容")),
                        el(
                                "header",
                                css("top"),
                                brand(),
                                el("nav", at("aria-label", visit.say("Pages", "页面")), links(visit, place)),
                                account(visit)),
                        el("main", at("id", "main"), el("h1", title), List.of(parts))));
    }

    /// A page of one column, for who is not signed in yet.
    static Html narrow(Language language, String title, Object... parts) {
        return html(
                language,
                title,
                Html.nothing(),
                el(
                        "main",
                        at("id", "main"),
                        css("narrow"),
                        brand(),
                        el("h1", title),
                        List.of(parts),
                        el("p", css("quiet"), languageLink(language))));
    }

    /// Answers who may not see a page: an app's owner.
    static void forOperators(Visit visit, String place) {
        visit.answer(403, page(visit, place, visit.say("For operators", "仅限运营者")));
    }

    /// What went wrong, before anything else of a page.
    static Html problem(Optional<String> problem) {
        return problem.<Html>map(text -> el("p", css("problem"), at("role", "alert"), text))
                .orElse(Html.nothing());
    }

    /// What was done.
    static Html done(Optional<String> news) {
        return news.<Html>map(text -> el("p", css("done"), at("role", "status"), text))
                .orElse(Html.nothing());
    }

    /// A field with what it is called above it.
    static Html input(String label, String name, String value, boolean isRequired) {
        return el("label", label, el("input", at("name", name), at("value", value), flag("required", isRequired)));
    }

    /// A name and what it stands for, in a list of facts.
    static Html fact(String name, Object value) {
        return group(el("dt", name), el("dd", value));
    }

    /// The way to the next page; nothing if there is none.
    ///
    /// @param path with all but the end of the query
    static Html more(Visit visit, String path, String next) {
        return next.isEmpty() ? Html.nothing() : more(visit, path + Visit.encoded(next));
    }

    static Html more(Visit visit, String path) {
        return el("p", css("more"), el("a", css("button second"), at("href", path), visit.say("More", "更多")));
    }

    /// Where a page had the last of all, and somebody has removed it since.
    static String noMore(Visit visit) {
        return visit.say("There are no more.", "没有更多了。");
    }

    private static Html html(Language language, String title, Html head, Html body) {
        return el(
                "html",
                at("lang", language.tag()),
                el(
                        "head",
                        el("meta", at("charset", "utf-8")),
                        el("meta", at("name", "viewport"), at("content", "width=device-width, initial-scale=1")),
                        el("meta", at("name", "color-scheme"), at("content", "light dark")),
                        el("title", title + " · Callgate"),
                        el("link", at("rel", "icon"), at("href", Files.link("icon.svg"))),
                        el("link", at("rel", "stylesheet"), at("href", Files.link("uplot.css"))),
                        el("link", at("rel", "stylesheet"), at("href", Files.link("console.css"))),
                        el("script", at("src", Files.link("uplot.js")), flag("defer", true)),
                        el("script", at("src", Files.link("console.js")), flag("defer", true)),
                        head),
                el("body", body));
    }

    private static Html brand() {
        return el("a", css("brand"), at("href", "/"), el("span", css("mark"), at("aria-hidden", "true")), "Callgate");
    }

    private static Html links(Visit visit, String place) {
        List<Html> items = new ArrayList<>();
        items.add(link(place, "/", visit.say("Overview", "概览")));
        items.add(
                visit.who().apps().size() == 1
                        ? link(place, "/apps", visit.say("App", "应用"))
                        : link(place, "/apps", visit.say("Apps", "应用")));
        if (!visit.isOwner()) {
            items.add(link(place, "/relays", visit.say("Relays", "中继")));
            items.add(link(place, "/pools", visit.say("Pools", "中继池")));
        }
        items.add(link(place, "/sessions", visit.say("Sessions", "会话")));
        items.add(link(place, "/allowlist", visit.say("Allowlist", "放行清单")));
        items.add(link(place, "/usage", visit.say("Usage", "用量")));
        if (!visit.isOwner()) {
            items.add(link(place, "/audit", visit.say("Audit", "审计")));
            items.add(link(place, "/users", visit.say("Users", "用户")));
        }
        return el("ul", items);
    }

    private static Html link(String place, String path, String text) {
        return el(
                "li",
                el("a", at("href", path), place.equals(path) ? at("aria-current", "page") : Html.nothing(), text));
    }

    private static Html account(Visit visit) {
        return el(
                "div",
                css("account"),
                el(
                        "a",
                        at("href", "/password"),
                        at("title", visit.say("Change the password", "更改密码")),
                        visit.who().name()),
                el("span", css("quiet"), role(visit.language(), visit.who().role())),
                languageLink(visit.language()),
                visit.form("/logout", el("button", css("plain"), visit.say("Sign out", "退出"))));
    }

    static String role(Language language, Operator.Role role) {
        return switch (role) {
            case OPERATOR -> language.of("operator", "运营者");
            case VIEWER -> language.of("viewer", "只读");
            case APP_OWNER -> language.of("app owner", "应用所有者");
        };
    }

    private static Html languageLink(Language language) {
        Language other = language.other();
        return el(
                "a",
                css("language"),
                at("href", "?lang=" + other.tag()),
                at("lang", other.tag()),
                at("hreflang", other.tag()),
                other == Language.CHINESE ? "中文" : "English");
    }
}
