package io.callgate.control.console;

import io.callgate.control.store.App;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.util.List;
import java.util.Optional;

/// Which app a page is about, and what is needed to choose another.
final class AppChoice {
    static final String NAMES = "/app-names";
    private static final int MOST_OFFERED = 50;

    private final Store store;

    AppChoice(Store store) {
        this.store = store;
    }

    /// @param path of the page
    /// @param named the app that is shown, or what was named though there is no such app; empty: nothing was
    /// @param offered some that can be chosen; all of an owner's own
    record Choice(Visit visit, String path, String named, List<AppId> offered) {}

    /// A page about an app that there is not.
    record None(String title, Choice choice) {}

    /// The app that is named; empty if there is none such, for an owner none such of its own. Where none is named,
    /// the first.
    Optional<AppId> of(Visit visit) {
        if (visit.isOwner()) {
            return visit.typed("app").isPresent()
                    ? visit.app()
                    : visit.who().apps().stream().findFirst();
        }
        return store.read(transaction -> visit.typed("app").isPresent()
                        ? visit.app().flatMap(named -> transaction.apps().find(named))
                        : transaction.apps().page("", 1).stream().findFirst())
                .map(App::id);
    }

    Choice choice(Visit visit, String path, Optional<AppId> app) {
        String named = app.map(AppId::value).or(() -> visit.typed("app")).orElse("");
        List<AppId> offered = visit.who().only().orElseGet(() -> beginningWith(visit, app.isPresent() ? "" : named));
        return new Choice(visit, path, named, offered);
    }

    /// Answers where [#of] is empty.
    void none(Visit visit, String path, String title) {
        Choice choice = choice(visit, path, Optional.empty());
        visit.answer(choice.named().isEmpty() ? 200 : 404, "no_app", new None(title, choice));
    }

    /// Answers with the apps that begin as what was typed, for the field of the form: a piece of a page.
    void names(Visit visit) {
        visit.answer(200, "app_names", beginningWith(visit, visit.typed("app").orElse("")));
    }

    private List<AppId> beginningWith(Visit visit, String beginning) {
        if (!beginning.matches("[A-Za-z0-9._-]{0,64}")) {
            return List.of(); // no app has such an id
        }
        return visit.who()
                .only()
                .map(own -> own.stream()
                        .filter(app -> app.value().startsWith(beginning))
                        .limit(MOST_OFFERED)
                        .toList())
                .orElseGet(() -> store.read(transaction -> transaction.apps().beginningWith(beginning, MOST_OFFERED)));
    }
}
