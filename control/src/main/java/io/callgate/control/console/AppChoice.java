package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;

import io.callgate.control.store.App;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.util.List;
import java.util.Optional;

/// Which app a page is about, and the form to choose another.
final class AppChoice {
    private static final int MOST_APPS = 500;

    private final Store store;

    AppChoice(Store store) {
        this.store = store;
    }

    /// The one that is named; else the first, of an owner's own.
    Optional<AppId> of(Visit visit) {
        if (visit.isOwner()) {
            return visit.app().or(() -> visit.who().apps().stream().findFirst());
        }
        return store.read(transaction -> visit.app()
                        .map(named -> transaction.apps().find(named))
                        .orElseGet(() -> transaction.apps().page("", 1).stream().findFirst()))
                .map(App::id);
    }

    /// @param more other choices of the page; who has one app sees no form without them
    Html form(Visit visit, String path, AppId app, Html... more) {
        if (visit.who().apps().size() == 1 && more.length == 0) {
            return Html.nothing();
        }
        List<Html> apps = known(visit).stream()
                .map(id -> el("option", at("value", id.value()), flag("selected", id.equals(app)), id.value()))
                .toList();
        return el(
                "form",
                css("card"),
                at("action", path),
                el(
                        "div",
                        css("row"),
                        el("label", visit.say("App", "应用"), el("select", at("name", "app"), apps)),
                        List.of(more),
                        el("label", el("button", css("second"), visit.say("Show", "查看")))));
    }

    private List<AppId> known(Visit visit) {
        return visit.who()
                .only()
                .orElseGet(() -> store.read(transaction -> transaction.apps().page("", MOST_APPS)).stream()
                        .map(App::id)
                        .toList());
    }
}
