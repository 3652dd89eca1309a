package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;

import io.callgate.model.Transport;
import java.util.List;
import java.util.stream.Stream;

/// What an operator fills in on [PoolsPage]: a new address, a new pool.
final class PoolForms {
    private PoolForms() {}

    /// @param page where it is sent
    /// @param pools to choose from
    static Html publish(Visit visit, String page, List<String> pools) {
        List<Html> options = pools.stream()
                .map(pool -> el("option", at("value", pool), pool))
                .toList();
        List<Html> transports = Stream.of(Transport.values())
                .map(transport -> el(
                        "label",
                        css("check"),
                        el(
                                "input",
                                at("type", "checkbox"),
                                at("name", "transports"),
                                at("value", transport.lowerCase()),
                                flag("checked", transport == Transport.UDP || transport == Transport.TCP)),
                        transport.lowerCase()))
                .toList();
        return el(
                "section",
                css("card"),
                el(
                        "details",
                        el("summary", visit.say("Publish an address", "发布地址")),
                        visit.form(
                                page,
                                el(
                                        "div",
                                        css("row"),
                                        el(
                                                "label",
                                                visit.say("Pool", "中继池"),
                                                el("select", at("name", "pool"), options)),
                                        Frame.input(visit.say("Address or CIDR", "地址或 CIDR"), "cidr", "", true),
                                        Frame.input(visit.say("Ports", "端口"), "ports", "443", true)),
                                el(
                                        "fieldset",
                                        el("legend", visit.say("Transports", "传输方式")),
                                        el("div", css("buttons"), transports)),
                                el(
                                        "div",
                                        css("row"),
                                        Frame.input(visit.say("Region", "区域"), "region", "", true),
                                        Frame.input(visit.say("Domain (optional)", "域名（可选）"), "domain", "", false),
                                        Frame.input(visit.say("What it is for", "用途"), "purpose", "relay", true)),
                                el(
                                        "div",
                                        css("row"),
                                        Frame.input(
                                                visit.say("From day (else after the notice)", "启用日期（留空按预告期）"),
                                                "validFrom",
                                                "",
                                                false),
                                        Frame.input(
                                                visit.say("Until day (optional)", "停用日期（可选）"), "validUntil", "", false),
                                        Frame.input(
                                                visit.say("Emergency: why at once", "紧急启用原因"), "emergency", "", false)),
                                el(
                                        "button",
                                        at("name", "do"),
                                        at("value", "publish"),
                                        visit.say("Publish it", "发布")))));
    }

    /// @param pools that there are already
    static Html create(Visit visit, String page, List<String> pools) {
        return el(
                "section",
                css("card"),
                el(
                        "details",
                        flag("open", pools.isEmpty()),
                        el("summary", visit.say("Make another pool", "新建中继池")),
                        visit.form(
                                page,
                                el(
                                        "div",
                                        css("row"),
                                        Frame.input(visit.say("Name", "名称"), "id", "", true),
                                        el(
                                                "label",
                                                visit.say("Kind", "类型"),
                                                el(
                                                        "select",
                                                        at("name", "kind"),
                                                        el(
                                                                "option",
                                                                at("value", "production"),
                                                                visit.say("production", "正式")),
                                                        el("option", at("value", "trial"), visit.say("trial", "试用")))),
                                        Frame.input(
                                                visit.say("Only for app (optional)", "专属应用（可选）"), "owner", "", false),
                                        Frame.input(visit.say("Notice, days", "预告天数"), "noticeDays", "30", true)),
                                el("button", at("name", "do"), at("value", "create"), visit.say("Make it", "新建")))));
    }
}
