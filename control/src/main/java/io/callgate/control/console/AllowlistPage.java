package io.callgate.control.console;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistEntry;
import io.callgate.model.AllowlistFormat;
import io.callgate.model.AllowlistJson;
import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What the firewall of an app's clients must open: to read, to download in every form, and what has changed.
final class AllowlistPage {
    static final String PATH = "/allowlist";

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
        AppId app = apps.of(visit).orElse(null);
        if (app == null) {
            apps.none(visit, PATH, visit.say("Allowlist", "放行清单"));
            return;
        }
        Outcome found = visit.operate("readAllowlist", Map.of("appId", app.value()));
        if (found.problem().isPresent()) {
            none(visit);
            return;
        }
        Optional<Outcome> changes = visit.typed("since")
                .map(since -> visit.operate("readAllowlistChanges", Map.of("appId", app.value(), "since", since)));
        Outcome keys = visit.operate("readAllowlistKey", Map.of());
        visit.answer(
                status,
                "allowlist",
                new View(
                        visit,
                        problem,
                        app,
                        apps.choice(visit, PATH, Optional.of(app)),
                        AllowlistJson.read(found.body()),
                        versions(visit, app),
                        changes.filter(outcome -> outcome.problem().isEmpty())
                                .map(outcome -> AllowlistJson.readChanges(outcome.body())),
                        changes.flatMap(Outcome::problem),
                        reach(visit, app),
                        keys.body().path("key").asStringOpt(),
                        keys.body().path("otherKey").asStringOpt()));
    }

    /// @param changes since the version that is asked about
    /// @param noChanges why there are none of that version
    /// @param reach how far addresses have been reached; empty: not known
    /// @param key whose signature it has, in base64
    /// @param otherKey whose signature it has too, while everybody moves from one key to the other
    record View(
            Visit visit,
            Optional<String> problem,
            AppId app,
            AppChoice.Choice choice,
            Allowlist allowlist,
            List<Version> versions,
            Optional<Allowlist.Changes> changes,
            Optional<String> noChanges,
            Optional<List<Reach>> reach,
            Optional<String> key,
            Optional<String> otherKey) {}

    record Version(String number, String issuedAt) {}

    /// @param place an address and its ports
    /// @param reached how many of the app's sites have come there
    /// @param missing some of those that never have
    record Reach(String place, long reached, long sites, List<String> missing) {}

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
        visit.answer(404, "allowlist_none", visit);
    }

    private static List<Version> versions(Visit visit, AppId app) {
        Outcome listed = visit.operate("listAllowlistVersions", Map.of("appId", app.value()));
        return listed.body()
                .path("items")
                .valueStream()
                .map(version -> new Version(
                        version.get("version").asString(),
                        version.get("issuedAt").asString()))
                .toList();
    }

    private static Optional<List<Reach>> reach(Visit visit, AppId app) {
        Outcome outcome = visit.operate("listReach", Map.of("appId", app.value()));
        return outcome.problem().isPresent()
                ? Optional.empty()
                : Optional.of(outcome.body()
                        .get("items")
                        .valueStream()
                        .map(address -> new Reach(
                                place(address),
                                address.get("reached").asLong(),
                                address.get("sites").asLong(),
                                address.get("missing")
                                        .valueStream()
                                        .map(JsonNode::asString)
                                        .toList()))
                        .toList());
    }

    /// One address without its prefix length, as people write it.
    private static String place(JsonNode address) {
        Cidr cidr = Cidr.parse(address.get("address").asString());
        boolean isOne = cidr.prefixBits() == (cidr.network().isV4() ? 32 : 128);
        return (isOne ? cidr.network().bracketed() : cidr.toString()) + ":"
                + address.get("ports").asString();
    }

    /// An entry as what has changed is told.
    static String line(AllowlistEntry entry) {
        return entry.target() + " " + entry.protocol().lowerCase() + " " + entry.ports();
    }
}
